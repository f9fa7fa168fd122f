package eu.sermas.bus.load;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// How many of a publisher's messages are under way: a message leaves the window when all of its
/// receivers have it. This is what closes the loop at QoS 0, and what keeps one slow receiver from
/// falling behind without bound.
///
/// A ring with one word per message: the low half counts receivers, the high half is the message's
/// number, so that a receipt of a message that was given up does not count for the one that took
/// its place. The publisher's loop owns everything but the counts, which the receivers' loops
/// raise; with one loop they do so without an atomic instruction.
final class DeliveryWindow {

    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] words;
    private final int mask;
    private final int size;
    private final int receivers;
    private final boolean shared;

    private long oldest;
    private long next;

    /// @param shared whether receivers run on other loops than the publisher
    DeliveryWindow(int size, int receivers, boolean shared) {
        int capacity = Integer.highestOneBit(Math.max(1, 2 * size - 1));
        this.words = new long[capacity];
        this.mask = capacity - 1;
        this.size = size;
        this.receivers = receivers;
        this.shared = shared;
    }

    boolean hasRoom() {
        while (oldest < next && count(oldest) >= receivers) {
            oldest++;
        }
        return next - oldest < size;
    }

    void sent() {
        WORDS.setRelease(words, (int) next & mask, next << 32);
        next++;
    }

    /// @return whether this was the last receiver, so that there may be room now
    boolean received(long sequence) {
        int index = (int) sequence & mask;
        long word = (long) WORDS.getAcquire(words, index);
        if ((int) (word >>> 32) != (int) sequence) {
            return false;
        }
        if (shared) {
            word = (long) WORDS.getAndAdd(words, index, 1L);
        } else {
            words[index] = word + 1;
        }
        return (int) word + 1 == receivers;
    }

    private int count(long sequence) {
        return (int) (long) WORDS.getAcquire(words, (int) sequence & mask);
    }

    /// The oldest message that somebody still waits for; the same for a long time means it is lost.
    long oldest() {
        return oldest;
    }

    boolean isEmpty() {
        return oldest == next;
    }

    /// Waits no longer for what is under way.
    void giveUp() {
        oldest = next;
    }
}
