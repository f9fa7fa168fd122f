package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What the acknowledgement of a message promises, by its topic.
///
/// @param rules the first whose filter matches holds
/// @param catalogue what it says of a topic, or null, where no rule does
/// @param otherwise where that says nothing either
/// @param patience milliseconds that a client gets to acknowledge a message before it is written
public record DurabilityPolicy(
        List<Rule> rules,
        Function<Topic, @Nullable Durability> catalogue,
        Durability otherwise,
        int patience) {

    /// One line of the configuration.
    public record Rule(TopicFilter filter, Durability durability) {}

    public static final DurabilityPolicy DEFAULT =
            new DurabilityPolicy(List.of(), _ -> null, Durability.FSYNC, 5);

    public DurabilityPolicy {
        rules = List.copyOf(rules);
        if (patience < 0) {
            throw new IllegalArgumentException("patience: " + patience + " (expected: at least 0)");
        }
    }

    /// What the broker says of itself (`$SYS`) is said anew by the next process.
    Durability of(Topic topic) {
        if (topic.isOfServer()) {
            return Durability.NONE;
        }
        for (Rule rule : rules) {
            if (rule.filter.matches(topic)) {
                return rule.durability;
            }
        }
        Durability known = catalogue.apply(topic);
        return known == null ? otherwise : known;
    }
}
