package eu.sermas.bus.journal;

import java.util.function.LongConsumer;

/// Numbers by numbers, in two arrays and without an object for each: between 18 and 48 bytes for an
/// entry. 0 is the value of every key that is not there, and no key is 0.
///
/// Open addressing with steps of one; what is removed leaves no trace, since those behind it move
/// up.
final class LongIntMap {

    private static final int SMALLEST = 16;

    private long[] keys = new long[SMALLEST];
    private int[] values = new int[SMALLEST];
    private int size;

    int size() {
        return size;
    }

    /// What the arrays take of the heap, in bytes.
    long cost() {
        return (long) keys.length * (Long.BYTES + Integer.BYTES);
    }

    int get(long key) {
        return values[slotOf(key)];
    }

    /// Adds to the value of a key, which is removed where that comes to 0.
    ///
    /// @return the new value
    int add(long key, int amount) {
        if (key == 0) {
            throw new IllegalArgumentException("key: 0 (expected: another number)");
        }
        int slot = slotOf(key);
        int value = values[slot] + amount;
        if (keys[slot] == 0 && value != 0) {
            enter(slot, key, value);
        } else if (keys[slot] != 0 && value == 0) {
            remove(slot);
        } else {
            values[slot] = value;
        }
        return value;
    }

    /// The visitor must not change the map.
    void forEachKey(LongConsumer visitor) {
        for (long key : keys) {
            if (key != 0) {
                visitor.accept(key);
            }
        }
    }

    private void enter(int slot, long key, int value) {
        keys[slot] = key;
        values[slot] = value;
        size++;
        if (size > keys.length / 3 * 2) {
            resize(keys.length * 2);
        }
    }

    private void remove(int removed) {
        int mask = keys.length - 1;
        int hole = removed;
        for (int at = (hole + 1) & mask; keys[at] != 0; at = (at + 1) & mask) {
            int home = spread(keys[at]) & mask;
            // Whoever would not be found beyond the hole moves into it.
            if (((at - home) & mask) >= ((at - hole) & mask)) {
                keys[hole] = keys[at];
                values[hole] = values[at];
                hole = at;
            }
        }
        keys[hole] = 0;
        values[hole] = 0;
        size--;
        if (keys.length > SMALLEST && size < keys.length / 8) {
            resize(keys.length / 2);
        }
    }

    private void resize(int capacity) {
        long[] oldKeys = keys;
        int[] oldValues = values;
        keys = new long[capacity];
        values = new int[capacity];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                int slot = slotOf(oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }

    /// Where the key is, or would be.
    private int slotOf(long key) {
        int mask = keys.length - 1;
        int at = spread(key) & mask;
        while (keys[at] != 0 && keys[at] != key) {
            at = (at + 1) & mask;
        }
        return at;
    }

    /// Keys that follow each other go to places that do not, or they would make long runs.
    private static int spread(long key) {
        long mixed = key * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 32);
    }
}
