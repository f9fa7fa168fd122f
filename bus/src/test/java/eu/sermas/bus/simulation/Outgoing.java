package eu.sermas.bus.simulation;

import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

/// The messages that a client has sent and that have not gone through all their steps, in the order
/// of sending.
final class Outgoing {

    private record Entry(Sent message, boolean released) {}

    private final Map<Integer, Entry> entries = new LinkedHashMap<>();

    void add(int packetId, Sent message) {
        entries.put(packetId, new Entry(message, false));
    }

    boolean contains(int packetId) {
        return entries.containsKey(packetId);
    }

    int size() {
        return entries.size();
    }

    /// The broker says no to these, whether or not the client ever reads so.
    void refused(IntPredicate which) {
        entries.forEach((packetId, entry) -> entry.message.refused |= which.test(packetId));
    }

    /// PUBACK or PUBREC came.
    void answered(int packetId, ReasonCode reason) {
        Entry entry = entries.get(packetId);
        if (entry == null) {
            return;
        }
        if (reason.isError()) {
            entry.message.uncertain = true;
        }
        if (reason.isError() || entry.message.qos == QoS.AT_LEAST_ONCE) {
            entries.remove(packetId);
        } else {
            entries.put(packetId, new Entry(entry.message, true));
        }
    }

    /// PUBCOMP came.
    void completed(int packetId) {
        entries.remove(packetId);
    }

    /// Nobody will know what became of them.
    void forget() {
        entries.values().forEach(entry -> entry.message.uncertain = true);
        entries.clear();
    }

    /// @param released gets those that the broker has
    /// @param unanswered gets the others
    void forEach(IntConsumer released, BiConsumer<Integer, Sent> unanswered) {
        entries.forEach(
                (packetId, entry) -> {
                    if (entry.released) {
                        released.accept(packetId);
                    } else {
                        unanswered.accept(packetId, entry.message);
                    }
                });
    }
}
