package eu.sermas.bus.systemtest.crash;

import static java.util.stream.Collectors.groupingBy;

import eu.sermas.bus.systemtest.crash.Finding.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Compares what every session received with what it had to, may and must not receive.
final class Deliveries {

    /// What must not change for messages to keep their order.
    private record Lane(String publisher, String topic, int qos) {}

    private final Sendings sendings;
    private final Timeline timeline;
    private final List<Finding> findings = new ArrayList<>();

    Deliveries(List<Life> lives, Sendings sendings, Timeline timeline) {
        this.sendings = sendings;
        this.timeline = timeline;
        for (var life : lives) {
            findUnasked(life);
            findTwice(life.session, life.received);
            findDisorder(life);
            if (life.owed) {
                for (var subscription : life.subscriptions) {
                    if (!Topics.isShared(subscription.filter)) {
                        findLost(life.session, subscription, life.end, ids(life));
                    }
                }
            }
        }
        lives.stream().flatMap(Deliveries::groups).distinct().forEach(g -> checkGroup(g, lives));
    }

    List<Finding> findings() {
        return findings;
    }

    private static Set<Message.Id> ids(Life life) {
        var ids = new HashSet<Message.Id>();
        life.received.forEach(received -> ids.add(received.message()));
        return ids;
    }

    private static Stream<String> groups(Life life) {
        return life.subscriptions.stream().map(s -> s.filter).filter(Topics::isShared);
    }

    /// The members of a shared subscription count as one receiver.
    private void checkGroup(String filter, List<Life> lives) {
        var members = lives.stream().filter(life -> groups(life).anyMatch(filter::equals)).toList();
        var received =
                members.stream()
                        .flatMap(life -> life.received.stream())
                        .filter(message -> Topics.matches(filter, message.topic()))
                        .toList();
        var ids = new HashSet<Message.Id>();
        received.forEach(message -> ids.add(message.message()));
        if (members.size() > 1) {
            findTwice("group " + filter, received);
        }
        members.stream()
                .filter(life -> life.owed)
                .flatMap(life -> life.subscriptions.stream().map(s -> Map.entry(life, s)))
                .filter(member -> member.getValue().filter.equals(filter))
                .min((a, b) -> Long.compare(a.getValue().sure, b.getValue().sure))
                .ifPresent(m -> findLost(filter, m.getValue(), m.getKey().end, ids));
    }

    private void findLost(
            String receiver, Life.Subscription subscription, long end, Set<Message.Id> received) {
        if (subscription.qos == 0 || subscription.ending < Long.MAX_VALUE) {
            return;
        }
        for (var sending : sendings.all()) {
            if (sending.isPromised()
                    && sending.sentAt() > subscription.sure
                    && sending.sentAt() < end
                    && Topics.matches(subscription.filter, sending.message().topic())
                    && !received.contains(sending.message().id())) {
                find(
                        Rule.LOST,
                        "%s, sent at %s, acknowledged at %s, never reached %s"
                                .formatted(
                                        sending.message(),
                                        timeline.tell(sending.sentAt()),
                                        timeline.tell(sending.acknowledgedAt()),
                                        receiver));
            }
        }
    }

    private void findTwice(String receiver, List<Event.Received> received) {
        received.stream()
                .filter(message -> message.qos() == 2 && !message.retained())
                .filter(message -> !Topics.isLoose(message.topic()))
                .collect(groupingBy(Event.Received::message))
                .values()
                .stream()
                .filter(times -> times.size() > 1)
                .forEach(
                        times ->
                                find(
                                        Rule.TWICE,
                                        "%s reached %s %d times, at %s and at %s"
                                                .formatted(
                                                        sendings.describe(times.getFirst()),
                                                        receiver,
                                                        times.size(),
                                                        timeline.tell(times.get(0).at()),
                                                        timeline.tell(times.get(1).at()))));
    }

    private void findDisorder(Life life) {
        var highest = new HashMap<Lane, Long>();
        var seen = new HashSet<Message.Id>();
        for (var received : life.received) {
            var sending = sendings.of(received.message());
            if (sending == null
                    || received.retained()
                    || isShared(life, received)
                    || Topics.isLoose(received.topic())) {
                continue;
            }
            if (!seen.add(received.message()) || cameAnew(sending, received.at())) {
                continue;
            }
            var message = sending.message();
            var stream = new Lane(message.id().publisher(), message.topic(), message.qos());
            long number = message.id().number();
            long before = highest.getOrDefault(stream, -1L);
            if (number < before) {
                find(
                        Rule.ORDER,
                        "%s reached %s at %s, after #%d"
                                .formatted(
                                        message,
                                        life.session,
                                        timeline.tell(received.at()),
                                        before));
            }
            highest.merge(stream, number, Math::max);
        }
    }

    /// A publisher sends again what was not acknowledged when the bus was killed. Who subscribed in
    /// between may get it behind later ones that came before the kill.
    private boolean cameAnew(Sendings.Sending sending, long receivedAt) {
        var kill = timeline.firstKillAfter(sending.sentAt());
        return kill.isPresent()
                && kill.getAsLong() < sending.acknowledgedAt()
                && kill.getAsLong() < receivedAt;
    }

    private static boolean isShared(Life life, Event.Received received) {
        return groups(life).anyMatch(filter -> Topics.matches(filter, received.topic()));
    }

    private void findUnasked(Life life) {
        for (var received : life.received) {
            var sending = sendings.of(received.message());
            if (sending == null || !sending.message().topic().equals(received.topic())) {
                unasked(life, received, "was never sent with topic " + received.topic());
            } else if (sending.isRevoked()) {
                unasked(life, received, "was revoked in time");
            } else if (life.subscriptions.stream().noneMatch(s -> covers(s, sending, received))) {
                unasked(life, received, "had no subscription");
            }
        }
    }

    /// What was sent before the end of a subscription may come after it.
    private static boolean covers(
            Life.Subscription subscription, Sendings.Sending sending, Event.Received received) {
        return Topics.matches(subscription.filter, received.topic())
                && subscription.asked < received.at()
                && subscription.over > sending.sentAt();
    }

    private void unasked(Life life, Event.Received received, String why) {
        find(
                Rule.UNASKED,
                "%s reached %s at %s and %s"
                        .formatted(
                                sendings.describe(received),
                                life.session,
                                timeline.tell(received.at()),
                                why));
    }

    private void find(Rule rule, String text) {
        findings.add(new Finding(rule, text));
    }
}
