package eu.sermas.bus.journal;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The messages of one session as its log knows them, in the order of their sequence numbers: those
/// in memory that come first, an [Extent] of those that are on disk only, and those in memory that
/// come behind it.
///
/// In memory are those that the session has to get, and those that it has got and that may be on
/// disk yet, or may still come there.
final class Live {

    private final KeptList inMemory = new KeptList();
    private Extent onDisk = new Extent();

    /// The first in memory behind those that are on disk only. Of no account where there are none.
    private @Nullable Kept firstBehind;

    /// Records behind those that are on disk only which are to be deleted, and may be there yet.
    private int leaving;

    Extent onDisk() {
        return onDisk;
    }

    /// A new message.
    void add(Kept kept) {
        inMemory.addLast(kept);
        if (firstBehind == null && !onDisk.isEmpty()) {
            firstBehind = kept;
        }
    }

    /// A message that was the first of those on disk only.
    void restore(Kept kept) {
        inMemory.insert(kept, firstBehind);
    }

    /// All these were found on disk.
    void restore(Extent extent) {
        onDisk = extent;
    }

    /// The first message that waits behind those that are on disk only is one of them now.
    ///
    /// @return false where that has to wait, as one before it is gone and may be on disk: it would
    ///   come back
    boolean letGo(Kept kept) {
        if (onDisk.isEmpty()) {
            firstBehind = kept;
        } else if (firstBehind != kept || leaving > 0) {
            return false;
        }
        firstBehind = kept.next;
        inMemory.remove(kept);
        onDisk.append(kept);
        return true;
    }

    /// The end of a message is in a batch.
    void remove(Kept kept) {
        if (!kept.isListed) {
            return;
        }
        if (kept.onDisk && !onDisk.isEmpty() && kept.sequence() >= onDisk.to()) {
            kept.isLeaving = true;
            leaving++;
        }
        if (firstBehind == kept) {
            firstBehind = kept.next;
        }
        inMemory.remove(kept);
    }

    /// No record of a message is left.
    void left(Kept kept) {
        if (kept.isLeaving) {
            kept.isLeaving = false;
            leaving--;
        }
    }

    /// The lowest sequence number of a message that the session has to get.
    ///
    /// @param next the sequence number of the next message
    long first(long next) {
        Kept first = inMemory.first();
        long lowest = first == null ? next : first.sequence();
        return onDisk.isEmpty() ? lowest : Math.min(lowest, onDisk.from());
    }

    /// The visitor may remove the message that it is given, and no other.
    void forEach(Consumer<Kept> visitor) {
        inMemory.forEach(visitor);
    }
}
