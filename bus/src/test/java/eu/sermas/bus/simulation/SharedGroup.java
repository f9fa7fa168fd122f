package eu.sermas.bus.simulation;

import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.TopicFilter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// One shared subscription in the reference model. As long as it certainly has a member, each
/// message is owed to the group, not to any of them; what its last member leaves behind is
/// nobody's.
final class SharedGroup {

    private static final long NOT_NOW = Long.MAX_VALUE;

    final String filter;
    final TopicFilter topics;
    final QoS qos;

    private final Set<Account> members = new LinkedHashSet<>();
    private final Map<Integer, Integer> received = new HashMap<>();

    /// QoS 2 that was on its way to a member which has ended stays with that [MQTT-4.8.2-5].
    private final Set<Integer> gone = new HashSet<>();

    /// The same for messages up to this number: a broker that died cannot know what it had sent.
    private int goneUpTo = -1;

    private long since = NOT_NOW;

    SharedGroup(String filter, QoS qos) {
        this.filter = filter;
        this.topics = TopicFilter.of(TopicFilter.of(filter).unshared());
        this.qos = qos;
    }

    void joined(Account member, long moment) {
        members.add(member);
        if (since == NOT_NOW) {
            since = moment;
        }
    }

    /// A member gives up the subscription.
    void left(Account member) {
        if (members.remove(member) && members.isEmpty()) {
            since = NOT_NOW;
        }
    }

    /// The session of somebody who is or was a member ends.
    void ended(Account member, int sentBeforeCrash) {
        left(member);
        if (member.asked.contains(filter)) {
            gone.addAll(member.exactlyOnceOnWire);
            goneUpTo = Math.max(goneUpTo, sentBeforeCrash);
        }
    }

    /// Time has passed: whether there is still a member for sure.
    void review(long now, long moment) {
        boolean isThere = members.stream().anyMatch(member -> now < member.certainUntil);
        if (!isThere) {
            since = NOT_NOW;
        } else if (since == NOT_NOW) {
            since = moment;
        }
    }

    int received(int number) {
        return received.merge(number, 1, Integer::sum);
    }

    boolean isOwed(Sent message, long now) {
        return qos != QoS.AT_MOST_ONCE
                && message.qos != QoS.AT_MOST_ONCE
                && message.takenAt > since
                && message.expiresAt > now
                && !message.uncertain
                && topics.matches(message.topic)
                && !(message.qos == QoS.EXACTLY_ONCE && isGone(message.number));
    }

    private boolean isGone(int number) {
        return number <= goneUpTo || gone.contains(number);
    }

    boolean has(Sent message) {
        return received.containsKey(message.number);
    }
}
