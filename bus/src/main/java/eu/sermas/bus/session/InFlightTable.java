package eu.sermas.bus.session;

import org.jspecify.annotations.Nullable;

/// Messages in flight by packet identifier.
///
/// The table is indexed by the low bits of the identifier, without hashing or boxing. Identifiers
/// need not follow each other, so one whose place is taken by an unacknowledged older one is simply
/// left out: a client that never acknowledges a single message does not make the table grow. It
/// doubles when it is half full, so a free identifier is found within a few steps.
class InFlightTable {

    private static final int FIRST_CAPACITY = 16;
    private static final int MAX_CAPACITY = 65_536;
    private static final @Nullable Delivery[] NONE = new Delivery[0];

    /// A larger table is not kept when it is empty again.
    private static final int SMALL_CAPACITY = 1024;

    private @Nullable Delivery[] slots = NONE;
    private int taken;

    /// How many messages are in it.
    final int taken() {
        return taken;
    }

    /// Makes room for one more.
    final void reserve() {
        if (taken * 2 >= slots.length && slots.length < MAX_CAPACITY) {
            grow();
        }
    }

    /// Whether a message with this identifier finds its place, after [#reserve].
    final boolean hasPlaceFor(int packetId) {
        return slots[packetId & (slots.length - 1)] == null;
    }

    /// Enters a message that [#hasPlaceFor] was asked for.
    final void put(Delivery entry) {
        slots[entry.packetId & (slots.length - 1)] = entry;
        taken++;
    }

    /// Makes its place, whatever the identifier.
    final void enter(Delivery entry) {
        while (slots.length == 0 || (!hasPlaceFor(entry.packetId) && slots.length < MAX_CAPACITY)) {
            grow();
        }
        if (!hasPlaceFor(entry.packetId)) {
            throw new IllegalArgumentException(
                    "packet identifier: " + entry.packetId + " is in use");
        }
        put(entry);
    }

    final @Nullable Delivery find(int packetId) {
        if (slots.length == 0) {
            return null;
        }
        Delivery entry = slots[packetId & (slots.length - 1)];
        return entry != null && entry.packetId == packetId ? entry : null;
    }

    /// @return false where it is not here
    final boolean take(Delivery entry) {
        if (find(entry.packetId) != entry) {
            return false;
        }
        slots[entry.packetId & (slots.length - 1)] = null;
        taken--;
        if (taken == 0 && slots.length > SMALL_CAPACITY) {
            slots = NONE;
        }
        return true;
    }

    final void empty() {
        taken = 0;
        slots = NONE;
    }

    private void grow() {
        int capacity = slots.length == 0 ? FIRST_CAPACITY : slots.length * 2;
        @Nullable Delivery[] larger = new Delivery[capacity];
        for (Delivery entry : slots) {
            if (entry != null) {
                larger[entry.packetId & (capacity - 1)] = entry;
            }
        }
        slots = larger;
    }
}
