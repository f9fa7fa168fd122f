package eu.sermas.bus.routing;

import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.Random;

/// Topics and filters of so few names that they often meet.
final class RandomTopics {

    private static final String[] NAMES = {"a", "b", "c", "", "$a", "d", "e", "f", "g", "h", "i"};

    private final Random random;

    RandomTopics(Random random) {
        this.random = random;
    }

    Topic topic() {
        StringBuilder name = new StringBuilder(name());
        for (int i = random.nextInt(4); i > 0; i--) {
            name.append('/').append(name());
        }
        return Topic.of(name.isEmpty() ? "a" : name.toString());
    }

    TopicFilter filter() {
        StringBuilder filter = new StringBuilder(random.nextInt(5) == 0 ? "$share/g/" : "");
        int names = random.nextInt(4);
        for (int i = 0; i < names; i++) {
            filter.append(random.nextInt(3) == 0 ? "+" : name()).append('/');
        }
        filter.append(
                switch (random.nextInt(4)) {
                    case 0 -> "#";
                    case 1 -> "+";
                    default -> names == 0 ? "a" : name();
                });
        return TopicFilter.of(filter.toString());
    }

    private String name() {
        return NAMES[Math.min(random.nextInt(NAMES.length), random.nextInt(NAMES.length))];
    }
}
