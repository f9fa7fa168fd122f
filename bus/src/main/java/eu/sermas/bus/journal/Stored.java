package eu.sermas.bus.journal;

import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A message as the journal of one event loop keeps it: once, however many sessions of that loop
/// wait for it. Knows when it is safe for all of them.
///
/// Where it has a record of its own, [References] says how many others refer to that.
public final class Stored {

    /// Is told once what became of the message.
    public interface Listener {
        void safe();

        /// It cannot be written now.
        ///
        /// @return whether it is given up, so that nobody was promised anything; else it is tried
        ///   again, and [#safe] follows some day
        boolean failed(String reason);
    }

    private final Message message;
    private final Durability durability;

    /// Whether its record was there when the process began. It stays as it is until it is deleted.
    private final boolean found;

    /// Sessions that may have a record on disk which refers to it, as long as it has no record of
    /// its own; then see [References].
    private int references;

    private @Nullable Kept firstPlace;
    private long id;
    private boolean isInline;
    private boolean recorded;
    private int unsafe;
    private @Nullable Listener listener;

    Stored(Message message, Durability durability) {
        this(message, durability, 0);
    }

    /// One that was found on disk.
    ///
    /// @param id 0 where it is part of the record of its only session
    Stored(Message message, long id) {
        this(message, Durability.FSYNC, id);
    }

    private Stored(Message message, Durability durability, long id) {
        this.message = message;
        this.durability = durability;
        this.id = id;
        this.found = id != 0;
    }

    Message message() {
        return message;
    }

    Durability durability() {
        return durability;
    }

    void add(Kept kept) {
        Kept before = firstPlace;
        kept.nextPlace = before;
        if (before != null) {
            before.previousPlace = kept;
        }
        firstPlace = kept;
        kept.isPlace = true;
        references++;
        if (durability == Durability.FSYNC) {
            unsafe++;
        }
    }

    /// The session does not have to get it any more. What is known of the others does not grow with
    /// those who have had it.
    void remove(Kept kept) {
        if (!kept.isPlace) {
            return;
        }
        kept.isPlace = false;
        Kept before = kept.previousPlace;
        Kept behind = kept.nextPlace;
        if (before == null) {
            firstPlace = behind;
        } else {
            before.nextPlace = behind;
        }
        if (behind != null) {
            behind.previousPlace = before;
        }
        kept.previousPlace = null;
        kept.nextPlace = null;
    }

    /// The sessions of this loop that have to get it at this moment, but for those of an earlier
    /// process.
    List<Kept> places() {
        List<Kept> places = new ArrayList<>(1);
        for (Kept kept = firstPlace; kept != null; kept = kept.nextPlace) {
            places.add(kept);
        }
        return places;
    }

    /// Whether each session has it on disk or has acknowledged it.
    public boolean isSafe() {
        return unsafe == 0;
    }

    /// Asks to be told when it is safe; not to be called where it is.
    public void listener(Listener whenSafe) {
        listener = whenSafe;
    }

    void oneIsSafe() {
        unsafe--;
        if (unsafe == 0) {
            Listener told = listener;
            listener = null;
            if (told != null) {
                told.safe();
            }
        }
    }

    /// @return whether it is given up
    boolean failed(String reason) {
        Listener told = listener;
        if (told == null || !told.failed(reason)) {
            return false;
        }
        listener = null;
        return true;
    }

    // --- its record, where it is not part of the record of the only session

    boolean isShared() {
        return id != 0 || (references > 1 && !isInline);
    }

    /// Gives it a record of its own, unless there are too many of these.
    void share(Numbers numbers) {
        long number = numbers.nextMessage();
        if (numbers.references().isFull(number)) {
            isInline = true;
        } else {
            id = number;
            numbers.references().add(id, references);
        }
    }

    long id() {
        return id;
    }

    boolean isRecorded() {
        return found || recorded;
    }

    void recorded(boolean handedOver) {
        recorded = handedOver;
    }

    /// One session less has a record that refers to it.
    ///
    /// @return whether it was the last one and there is a record to delete
    boolean release(References all) {
        references--;
        return id != 0 && all.release(id);
    }
}
