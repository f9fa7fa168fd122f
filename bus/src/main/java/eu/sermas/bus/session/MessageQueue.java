package eu.sermas.bus.session;

import eu.sermas.bus.journal.Extent;
import eu.sermas.bus.journal.Kept;
import eu.sermas.bus.journal.Page;
import eu.sermas.bus.journal.SavedSession;
import eu.sermas.bus.journal.SessionLog;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The messages that wait for a session, oldest first, within its limits.
///
/// **Longer than memory.** Where the session is kept beyond the process, what comes next is in
/// memory: a first page, or as much as its app has memory for that nobody else could take. What
/// waits behind it is written, whatever its durability and its QoS, or order would be lost; once it
/// is on disk it is let go of and costs no memory at all: an [Extent] says how much it is.
///
/// **Reading ahead.** The next page is read from the disk while the one before it is sent. Two are
/// in memory at most, and what is being read is counted before it is there. A client that has taken
/// all of a page before the next one came is faster than this; it gets larger pages.
///
/// So there are three parts, in this order: `next` in memory, `paged` on disk only, and `behind` in
/// memory until it is on disk. Without a log there is only the first, of any length.
final class MessageQueue {

    /// So many messages that were dropped on disk are waited for before they are looked for there.
    private static final int DEBT = 64;

    /// Where memory is short, a page is this part of the usual one.
    private static final int SHORT = 16;

    /// Behind a page that was waited for, a page is so many times the usual one.
    private static final int LONG = 4;

    private final QueueLimits limits;

    /// What is in memory of what comes next, and how much is read at a time.
    private final Page.Size page;

    private final Account account;
    private final Tally tally;

    private final Line next = new Line();
    private final Line behind = new Line();

    // For sessions with a log alone.
    private @Nullable SessionLog log;
    private Extent paged = new Extent();
    private boolean isReading;

    /// What the page that is being read may cost, counted as held.
    private long reserved;

    /// How many messages the page before it brought.
    private int latest;

    /// Whether nothing else was in memory when that came.
    private boolean wasAwaited;

    /// What the client may not have of what is on disk, as of the last time that this was looked
    /// at.
    private @Nullable Predicate<Message> unwanted;

    // Messages on disk that were let go of and count no more, but have to be found there.
    private int owed;
    private int owedAtMostOnce;
    private long owedBytes;

    // As they were last counted elsewhere; whether there is anything at all is asked with each
    // message, by other loops too.
    private boolean empty = true;
    private long bytes;
    private long diskBytes;

    MessageQueue(QueueLimits limits, Account account, Tally tally) {
        this.limits = limits;
        this.page = limits.page();
        this.latest = page.messages();
        this.account = account;
        this.tally = tally;
    }

    /// From now on what does not come next may be on disk only, and some of it may be there.
    void keepIn(SessionLog kept) {
        log = kept;
        paged = kept.onDisk();
        count();
    }

    private void count() {
        long disk = behind.bytes() + paged.bytes();
        if (disk != diskBytes) {
            account.disk(disk - diskBytes);
            diskBytes = disk;
        }
        long all = next.bytes() + disk - owedBytes;
        tally.waiting(all - bytes);
        bytes = all;
        empty = next.isEmpty() && behind.isEmpty() && paged.isEmpty();
    }

    // --- what comes in

    /// Whether the limits of this session have room for one more message.
    boolean hasRoomFor(Message message) {
        return size() < limits.maxMessages() && bytes + Delivery.cost(message) <= limits.maxBytes();
    }

    /// Whether the next message does not come next, so that it has to be kept on disk.
    boolean isPaging() {
        return log != null && (!behind.isEmpty() || !paged.isEmpty() || isFirstPageFull());
    }

    /// While the app has memory that nobody else could have, more than a page stays, which saves
    /// the way back from the disk. And half of the memory is enough for first pages: they may be
    /// those of clients who are away for days, and the rest is for those who are there.
    private boolean isFirstPageFull() {
        return (isPage() && !(limits.keepsMore() && account.hasOwnMemory()))
                || account.isHalfUsed();
    }

    private boolean isPage() {
        return next.size() >= page.messages() || next.bytes() >= page.bytes();
    }

    /// Whether messages of QoS 0 wait.
    boolean holdsAtMostOnce() {
        return next.atMostOnce() > 0
                || behind.atMostOnce() > 0
                || paged.atMostOnce() > owedAtMostOnce;
    }

    /// Whether there is disk for a message that has to be kept there.
    boolean hasDiskFor(Message message) {
        return !isPaging() || account.hasDisk(Delivery.cost(message));
    }

    /// Whether they would have room for it if nothing else waited.
    boolean couldHold(Message message) {
        return limits.maxMessages() > 0 && Delivery.cost(message) <= limits.maxBytes();
    }

    /// Takes a message, whatever the limits.
    void add(Delivery delivery) {
        if (isPaging()) {
            behind.add(delivery);
        } else {
            next.add(delivery);
        }
        count();
    }

    /// Something has come onto the disk: of what does not come next, that is let go of.
    void letGo() {
        if (log == null || behind.isEmpty()) {
            return;
        }
        Delivery first = behind.peek();
        while (first != null && isOnDisk(first, log)) {
            behind.poll();
            first.release();
            first = behind.peek();
        }
        count();
    }

    /// @return whether the log has it in its extent now
    private static boolean isOnDisk(Delivery delivery, SessionLog log) {
        Kept kept = delivery.kept();
        return kept != null && log.letGo(kept);
    }

    // --- what goes out

    boolean isEmpty() {
        return empty;
    }

    int size() {
        return next.size() + behind.size() + paged.messages() - owed - owedAtMostOnce;
    }

    long bytes() {
        return bytes;
    }

    /// The oldest message, or null as with [#poll].
    @Nullable Delivery peek() {
        return next.peek();
    }

    /// Takes the oldest message out; it is still held.
    ///
    /// @return null where none waits, or the next one has to be read first
    @Nullable Delivery poll() {
        Delivery first = next.poll();
        moveUp();
        count();
        return first;
    }

    /// Where nothing is on disk only, what waits behind the first page is the next one.
    private void moveUp() {
        if (next.isEmpty() && paged.isEmpty()) {
            Delivery first = behind.poll();
            while (first != null) {
                next.add(first);
                first = isPage() ? null : behind.poll();
            }
        }
    }

    // --- pages

    /// Makes of a record what waits or is on its way.
    interface Restoring {

        Delivery delivery(SavedSession.Entry entry);

        /// Takes it, where it is on its way to the client.
        ///
        /// @param isWithdrawn whether the client may not have it any more
        boolean takes(Delivery delivery, boolean isWithdrawn);
    }

    /// Whether an earlier process has sent some of what is on disk.
    boolean isBegun() {
        return paged.isBegun();
    }

    /// Whether some of what is on disk came by a shared subscription.
    boolean isSharedOnDisk() {
        return paged.isShared();
    }

    /// Whether the next message is in memory.
    boolean hasNext() {
        return !next.isEmpty() || (paged.isEmpty() && !behind.isEmpty());
    }

    /// Whether messages are in memory, be it behind what is on disk only.
    boolean isInMemory() {
        return !next.isEmpty() || !behind.isEmpty();
    }

    /// Whether it is time to read the next page: as the one before it begins to be used.
    ///
    /// @param isTaken whether messages are taken out; else only what was dropped on disk is looked
    ///   for
    boolean wantsPage(boolean isTaken) {
        return !paged.isEmpty()
                && !isReading
                && (isTaken
                        ? next.size() <= latest
                        : next.isEmpty() && owed + owedAtMostOnce >= DEBT);
    }

    /// Reads the next page, unless it is being read.
    ///
    /// @param then follows each time that a page has come
    void read(Restoring restoring, Runnable then) {
        SessionLog kept = log;
        if (kept == null || isReading) {
            return;
        }
        isReading = true;
        Page.Size size = nextSize();
        reserve(Math.min(size.bytes(), paged.bytes()));
        kept.readPage(
                size,
                found -> {
                    if (log != null) { // else the session is over
                        isReading = false;
                        reserve(0);
                        take(found, restoring);
                        then.run();
                    }
                });
    }

    private Page.Size nextSize() {
        if (account.isHalfUsed()) {
            return page.part(SHORT);
        }
        return wasAwaited ? page.times(LONG) : page;
    }

    private void reserve(long bytes) {
        account.reading(bytes - reserved);
        reserved = bytes;
    }

    private void take(Page found, Restoring restoring) {
        int before = next.size();
        found.entries().forEach(entry -> restore(entry, restoring));
        wasAwaited = before == 0;
        latest = next.size() - before;
        if (paged.isEmpty()) {
            forget();
        }
        moveUp();
        count();
    }

    private void restore(SavedSession.Entry entry, Restoring restoring) {
        Delivery delivery = restoring.delivery(entry);
        boolean isWithdrawn = unwanted != null && unwanted.test(delivery.message());
        if (restoring.takes(delivery, isWithdrawn)) {
            return;
        }
        if (isOwed(delivery)) {
            delivery.gone();
        } else if (isWithdrawn) {
            delivery.gone();
            tally.dropped(1);
        } else {
            next.add(delivery);
        }
    }

    /// Nothing is on disk only any more.
    private void forget() {
        unwanted = null;
        owed = 0;
        owedAtMostOnce = 0;
        owedBytes = 0;
    }

    // --- what has to go

    /// Lets go of an older message for a new one: of QoS 0 if there is one, else of any where the
    /// limits say so.
    ///
    /// @return false where none may go
    boolean evictOne() {
        boolean evicted = evictAtMostOnce() || (limits.dropOldest() && evictOldest());
        if (evicted) {
            moveUp();
            count();
        }
        return evicted;
    }

    /// The same where it is not this queue that is full, but all of them together: a queue that
    /// does not give up its oldest messages gives up none.
    boolean evictOneForAll() {
        return limits.dropOldest() && evictOne();
    }

    private boolean evictAtMostOnce() {
        if (next.atMostOnce() > 0) {
            next.dropAtMostOnce();
        } else if (paged.atMostOnce() > owedAtMostOnce) {
            owedAtMostOnce++;
            owedBytes += usualCost();
        } else if (behind.atMostOnce() > 0) {
            behind.dropAtMostOnce();
        } else {
            return false;
        }
        return true;
    }

    private boolean evictOldest() {
        Delivery oldest = next.poll();
        if (oldest != null) {
            oldest.gone();
        } else if (paged.messages() > owed + owedAtMostOnce) {
            owed++;
            owedBytes += usualCost();
        } else {
            return false;
        }
        return true;
    }

    /// Nobody knows what the oldest message on disk costs before it is read.
    private long usualCost() {
        return paged.bytes() / paged.messages();
    }

    /// Whether this message was dropped while it was on disk.
    private boolean isOwed(Delivery delivery) {
        int debts = owed + owedAtMostOnce;
        if (owed > 0) {
            owed--;
        } else if (owedAtMostOnce > 0 && delivery.qos() == QoS.AT_MOST_ONCE) {
            owedAtMostOnce--;
        } else {
            return false;
        }
        owedBytes -= owedBytes / debts;
        return true;
    }

    /// Drops what the client may not have any more: at once what is in memory, and the rest as it
    /// is read, unless another look at it says something else by then.
    ///
    /// @return how many were dropped
    int purge(Predicate<Message> withdrawn) {
        unwanted = paged.isEmpty() ? null : withdrawn;
        return dropIf(delivery -> withdrawn.test(delivery.message()));
    }

    /// Drops a message that could not be written.
    ///
    /// @return how many were dropped
    int drop(Kept kept) {
        return dropIf(delivery -> delivery.kept() == kept);
    }

    /// Drops what has expired of what is in memory. What is on disk alone has its turn when it is
    /// read, which follows where something was dropped.
    ///
    /// @return how many were dropped
    int dropExpired(long now) {
        int count = next.dropExpired(now) + behind.dropExpired(now);
        if (count > 0) {
            moveUp();
            count();
        }
        return count;
    }

    private int dropIf(Predicate<Delivery> dropped) {
        int count = next.dropIf(dropped) + behind.dropIf(dropped);
        moveUp();
        count();
        return count;
    }

    /// The session is over: what is in memory is let go of, and what is on disk counts no more.
    void end() {
        for (Line line : List.of(next, behind)) {
            Delivery waiting = line.poll();
            while (waiting != null) {
                waiting.release();
                waiting = line.poll();
            }
        }
        log = null;
        paged = new Extent();
        reserve(0);
        forget();
        count();
    }
}
