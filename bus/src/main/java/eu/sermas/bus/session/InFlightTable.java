package eu.sermas.bus.session;

import org.jspecify.annotations.Nullable;

/// Messages in flight by packet identifier.
///
/// The table is indexed by the low bits of the identifier, without hashing or boxing. Identifiers
/// need not follow each other, so one whose place is taken by an unacknowledged older one is simply
/// left out: a client that never acknowledges a single message does not make the table grow. It
/// doubles when it is half full, so a free identifier is found within a few steps.
final class InFlightTable {

    private static final int FIRST_CAPACITY = 16;
    private static final int MAX_CAPACITY = 65_536;
    private static final @Nullable InFlight[] NONE = new InFlight[0];

    /// A larger table is not kept when it is empty again.
    private static final int SMALL_CAPACITY = 1024;

    private @Nullable InFlight[] slots = NONE;
    private int size;

    int size() {
        return size;
    }

    /// Makes room for one more.
    void reserve() {
        if (size * 2 >= slots.length && slots.length < MAX_CAPACITY) {
            grow();
        }
    }

    /// Whether a message with this identifier finds its place, after [#reserve].
    boolean hasPlaceFor(int packetId) {
        return slots[packetId & (slots.length - 1)] == null;
    }

    /// Enters a message that [#hasPlaceFor] was asked for.
    void put(InFlight entry) {
        slots[entry.packetId & (slots.length - 1)] = entry;
        size++;
    }

    /// Makes its place, whatever the identifier.
    void enter(InFlight entry) {
        while (slots.length == 0 || (!hasPlaceFor(entry.packetId) && slots.length < MAX_CAPACITY)) {
            grow();
        }
        if (!hasPlaceFor(entry.packetId)) {
            throw new IllegalArgumentException(
                    "packet identifier: " + entry.packetId + " is in use");
        }
        put(entry);
    }

    @Nullable InFlight get(int packetId) {
        if (slots.length == 0) {
            return null;
        }
        InFlight entry = slots[packetId & (slots.length - 1)];
        return entry != null && entry.packetId == packetId ? entry : null;
    }

    /// @return false where it is not here
    boolean remove(InFlight entry) {
        if (get(entry.packetId) != entry) {
            return false;
        }
        slots[entry.packetId & (slots.length - 1)] = null;
        size--;
        if (size == 0 && slots.length > SMALL_CAPACITY) {
            slots = NONE;
        }
        return true;
    }

    void clear() {
        size = 0;
        slots = NONE;
    }

    private void grow() {
        int capacity = slots.length == 0 ? FIRST_CAPACITY : slots.length * 2;
        @Nullable InFlight[] larger = new InFlight[capacity];
        for (InFlight entry : slots) {
            if (entry != null) {
                larger[entry.packetId & (capacity - 1)] = entry;
            }
        }
        slots = larger;
    }
}
