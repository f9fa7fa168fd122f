package eu.sermas.bus.session;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The messages in flight to one client, found by packet identifier and kept in the order of
/// sending.
///
/// It is a table itself, of those with a usual identifier, and does not have one: each object that
/// every message has to pass is one more that the caches of the processor may have lost.
final class OutboundWindow extends InFlightTable {

    private final Tally tally;
    private final LooseIds looseIds = new LooseIds();

    /// Those with a loose identifier: so few places are theirs that they need a table of their own.
    private final InFlightTable loose = new InFlightTable();

    /// One beyond the identifiers that are not loose.
    private int end = looseIds.first();

    private int size;
    private long bytes;
    private int lastId;
    private @Nullable Delivery oldest;
    private @Nullable Delivery newest;

    OutboundWindow(Tally tally) {
        this.tally = tally;
    }

    /// Which of the identifiers are loose.
    LooseIds looseIds() {
        return looseIds;
    }

    /// An earlier process may have used so many of them.
    void restoreLoose(int reserved) {
        looseIds.restore(reserved);
        end = looseIds.first();
    }

    /// More of them are reserved.
    void reservedLoose() {
        looseIds.reserved();
        end = looseIds.first();
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

    /// Whether no identifier is left, but for loose ones.
    boolean isFull() {
        return size >= end - 1 && taken() >= end - 1;
    }

    @Nullable Delivery oldest() {
        return oldest;
    }

    /// Allocates an identifier that is not in use, MQTT 3.1.1 [MQTT-2.3.1-4], [MQTT-2.2.1-4]
    /// [MQTT-4.3.2-1] [MQTT-4.3.3-1] and enters the message behind all others. Not to be called
    /// when full.
    void add(Delivery entry, Delivery.State state) {
        reserve();
        int id = lastId;
        do {
            id = id >= end - 1 ? 1 : id + 1;
        } while (!hasPlaceFor(id));
        lastId = id;
        entry.packetId = id;
        put(entry);
        entered(entry, state);
    }

    /// Whether there is a loose identifier for one more.
    boolean hasLooseId() {
        loose.reserve();
        return looseIds.next(this::isFree) != 0;
    }

    private boolean isFree(int packetId) {
        return loose.hasPlaceFor(packetId) && find(packetId) == null;
    }

    /// The same with a loose identifier. Only where there is one.
    void addLoose(Delivery entry, Delivery.State state) {
        loose.reserve();
        int id = looseIds.next(this::isFree);
        looseIds.used(id);
        entry.packetId = id;
        loose.put(entry);
        entered(entry, state);
    }

    /// Enters a message with the identifier that it has already, behind all others.
    void restore(Delivery entry, Delivery.State state, int packetId) {
        lastId = packetId;
        looseIds.settled(packetId);
        entry.packetId = packetId;
        enter(entry);
        entered(entry, state);
    }

    private void entered(Delivery entry, Delivery.State state) {
        entry.state = state;
        size++;
        long cost = entry.cost();
        bytes += cost;
        tally.inFlight(cost);
        link(entry);
    }

    @Nullable Delivery get(int packetId) {
        Delivery entry = find(packetId);
        return entry != null ? entry : loose.find(packetId);
    }

    /// Frees the identifier.
    void remove(Delivery entry) {
        if (!take(entry)) {
            loose.take(entry);
        }
        size--;
        long cost = entry.cost();
        bytes -= cost;
        tally.inFlight(-cost);
        unlink(entry);
    }

    /// Frees all identifiers.
    void clear() {
        tally.inFlight(-bytes);
        bytes = 0;
        size = 0;
        empty();
        loose.empty();
        oldest = null;
        newest = null;
    }

    /// Visits everything in the order of sending; the visitor must not change the window.
    void forEach(Consumer<Delivery> visitor) {
        for (Delivery entry = oldest; entry != null; entry = entry.next) {
            visitor.accept(entry);
        }
    }

    private void link(Delivery entry) {
        entry.previous = newest;
        if (newest == null) {
            oldest = entry;
        } else {
            newest.next = entry;
        }
        newest = entry;
    }

    private void unlink(Delivery entry) {
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
}
