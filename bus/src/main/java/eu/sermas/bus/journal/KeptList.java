package eu.sermas.bus.journal;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The messages that one session has to see to, in their order. Each is a link of the list, so one
/// leaves from the middle as easily as at an end: a client that keeps a single message for itself
/// holds up none of those behind it.
final class KeptList {

    private @Nullable Kept first;
    private @Nullable Kept last;

    @Nullable Kept first() {
        return first;
    }

    void addLast(Kept kept) {
        insert(kept, null);
    }

    /// @param behind the one that is to follow, or null for the end
    void insert(Kept kept, @Nullable Kept behind) {
        Kept before = behind == null ? last : behind.previous;
        kept.previous = before;
        kept.next = behind;
        if (before == null) {
            first = kept;
        } else {
            before.next = kept;
        }
        if (behind == null) {
            last = kept;
        } else {
            behind.previous = kept;
        }
        kept.isListed = true;
    }

    /// One that has left stays so.
    void remove(Kept kept) {
        if (!kept.isListed) {
            return;
        }
        kept.isListed = false;
        Kept before = kept.previous;
        Kept behind = kept.next;
        if (before == null) {
            first = behind;
        } else {
            before.next = behind;
        }
        if (behind == null) {
            last = before;
        } else {
            behind.previous = before;
        }
        kept.previous = null;
        kept.next = null;
    }

    /// The visitor may remove the message that it is given, and no other.
    void forEach(Consumer<Kept> visitor) {
        for (Kept kept = first; kept != null; ) {
            Kept behind = kept.next;
            visitor.accept(kept);
            kept = behind;
        }
    }
}
