package eu.sermas.bus.session;

import eu.sermas.bus.packet.Packet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The messages in flight to one client, found by packet identifier and kept in the order of
/// sending.
///
/// The table is indexed by the low bits of the identifier, without hashing or boxing. Identifiers
/// need not follow each other, so one whose place is taken by an unacknowledged older one is simply
/// left out: a client that never acknowledges a single message does not make the table grow. It
/// doubles when it is half full, so a free identifier is found within a few steps.
final class OutboundWindow {

    private static final int FIRST_CAPACITY = 16;
    private static final int MAX_CAPACITY = 65_536;
    private static final @Nullable InFlight[] NONE = new InFlight[0];

    /// A larger table is not kept when the window is empty again.
    private static final int SMALL_CAPACITY = 1024;

    private final Tally tally;
    private @Nullable InFlight[] slots = NONE;
    private int size;
    private long bytes;
    private int lastId;
    private @Nullable InFlight oldest;
    private @Nullable InFlight newest;

    OutboundWindow(Tally tally) {
        this.tally = tally;
    }

    int size() {
        return size;
    }

    /// The cost of all that is in flight.
    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /// Whether no identifier is left.
    boolean isFull() {
        return size == Packet.MAX_PACKET_ID;
    }

    @Nullable InFlight oldest() {
        return oldest;
    }

    /// Allocates an identifier that is not in use, MQTT 3.1.1 [MQTT-2.3.1-4], [MQTT-2.2.1-4]
    /// [MQTT-4.3.2-1] [MQTT-4.3.3-1] and enters the message behind all others. Not to be called
    /// when full.
    InFlight add(Delivery delivery, InFlight.State state) {
        if (size * 2 >= slots.length && slots.length < MAX_CAPACITY) {
            grow();
        }
        int id = lastId;
        do {
            id = id == Packet.MAX_PACKET_ID ? 1 : id + 1;
        } while (slots[id & (slots.length - 1)] != null);
        lastId = id;
        return enter(new InFlight(id, delivery, state));
    }

    /// Enters a message with the identifier that it has already, behind all others.
    InFlight restore(Delivery delivery, InFlight.State state, int packetId) {
        while (slots.length == 0
                || (slots[packetId & (slots.length - 1)] != null && slots.length < MAX_CAPACITY)) {
            grow();
        }
        if (slots[packetId & (slots.length - 1)] != null) {
            throw new IllegalArgumentException("packet identifier: " + packetId + " is in use");
        }
        lastId = packetId;
        return enter(new InFlight(packetId, delivery, state));
    }

    private InFlight enter(InFlight entry) {
        slots[entry.packetId & (slots.length - 1)] = entry;
        size++;
        bytes += entry.cost;
        tally.inFlight(entry.cost);
        link(entry);
        return entry;
    }

    @Nullable InFlight get(int packetId) {
        if (slots.length == 0) {
            return null;
        }
        InFlight entry = slots[packetId & (slots.length - 1)];
        return entry != null && entry.packetId == packetId ? entry : null;
    }

    /// Frees the identifier.
    void remove(InFlight entry) {
        slots[entry.packetId & (slots.length - 1)] = null;
        size--;
        bytes -= entry.cost;
        tally.inFlight(-entry.cost);
        unlink(entry);
        if (size == 0 && slots.length > SMALL_CAPACITY) {
            slots = NONE;
        }
    }

    /// Frees all identifiers.
    void clear() {
        tally.inFlight(-bytes);
        bytes = 0;
        size = 0;
        slots = NONE;
        oldest = null;
        newest = null;
    }

    /// Visits everything in the order of sending; the visitor must not change the window.
    void forEach(Consumer<InFlight> visitor) {
        for (InFlight entry = oldest; entry != null; entry = entry.next) {
            visitor.accept(entry);
        }
    }

    private void link(InFlight entry) {
        entry.previous = newest;
        if (newest == null) {
            oldest = entry;
        } else {
            newest.next = entry;
        }
        newest = entry;
    }

    private void unlink(InFlight entry) {
        if (entry.previous == null) {
            oldest = entry.next;
        } else {
            entry.previous.next = entry.next;
        }
        if (entry.next == null) {
            newest = entry.previous;
        } else {
            entry.next.previous = entry.previous;
        }
        entry.previous = null;
        entry.next = null;
    }

    private void grow() {
        int capacity = slots.length == 0 ? FIRST_CAPACITY : slots.length * 2;
        @Nullable InFlight[] larger = new InFlight[capacity];
        for (InFlight entry = oldest; entry != null; entry = entry.next) {
            larger[entry.packetId & (capacity - 1)] = entry;
        }
        slots = larger;
    }
}
