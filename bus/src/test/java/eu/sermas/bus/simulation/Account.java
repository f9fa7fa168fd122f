package eu.sermas.bus.simulation;

import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.TopicFilter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What one session, from its creation to its end, was promised and got.
final class Account {

    /// A filter in force: from the moment of its SUBACK until the client asks for its end.
    record Filter(TopicFilter filter, QoS qos, long since) {

        boolean brings(Sent message) {
            return since < message.takenAt && filter.matches(message.topic);
        }
    }

    final String name;

    /// Bytes of the largest payload that its client takes.
    final int largest;

    final Map<String, Filter> filters = new HashMap<>();
    final Set<String> asked = new HashSet<>();
    final Map<Integer, Integer> received = new HashMap<>();
    final Set<Integer> notExactlyOnce = new HashSet<>();
    final Map<String, Integer> lastInOrder = new HashMap<>();

    /// Messages of shared subscriptions that were written to the client at QoS 2.
    final Set<Integer> exactlyOnceOnWire = new HashSet<>();

    /// What was retained when a SUBACK left, and the filter that brings it.
    final Map<Integer, String> retainedOwed = new HashMap<>();

    final Set<Integer> retainedReceived = new HashSet<>();

    /// Until when the session is there for sure, by the clock that never jumps.
    long certainUntil = Long.MAX_VALUE;

    Account(String name, int largest) {
        this.name = name;
        this.largest = largest;
    }

    /// The client asks for the filter, for its end, or has lost the right to it: what it brought is
    /// not owed any more.
    void forget(String filter) {
        filters.remove(filter);
        retainedOwed.values().removeIf(filter::equals);
    }
}
