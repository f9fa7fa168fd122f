package eu.sermas.bus.rest.http;

import eu.sermas.bus.budget.Purse;
import eu.sermas.bus.budget.Share;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The latest events of one kind, numbered, for any number of readers who each keep their own
/// place. It is bounded: the oldest events make room for new ones, and a reader who had not seen
/// them is told so. So a slow reader costs nobody anything, and one who comes back within the
/// bounds goes on where it was.
///
/// Safe for use by many threads. Adding an event never blocks for longer than a reader takes to
/// copy a batch of references.
public final class EventLog {

    /// One event.
    ///
    /// @param number counted from 1
    /// @param name the type that the reader sees
    /// @param data becomes JSON when it is sent, on the reader's thread
    /// @param bytes about what it holds in memory
    record Event(long number, String name, Object data, long bytes) {}

    /// What a reader finds.
    sealed interface Reading {

        /// @param events in their order; empty where nothing has come in the time
        record Some(List<Event> events) implements Reading {}

        /// @param lost so many events are not here any more
        record Behind(long lost) implements Reading {}

        /// Everything has been read, and nothing will come any more.
        record Ended(String reason) implements Reading {}
    }

    private static final int BATCH = 100;

    /// Bytes that are taken from the share at once.
    private static final long STEP = 4 * 1024;

    private static final int ID_BYTES = 9;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String id = newId();
    private final int maxEvents;
    private final long maxBytes;
    private final Share share;

    // Under the lock.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private final Purse purse;
    private long held;
    private long last;
    private @Nullable String ended;
    private boolean discarded;

    /// @param share on whose account the events are; closed when they are discarded
    public EventLog(int maxEvents, long maxBytes, Share share) {
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
        this.share = share;
        this.purse = new Purse(share, STEP);
    }

    private static String newId() {
        byte[] bytes = new byte[ID_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /// Different for every log that ever was.
    public String id() {
        return id;
    }

    /// Adds an event. One that is larger than the bounds is lost, and its readers learn that.
    public void add(String name, Object data, long bytes) {
        lock.lock();
        try {
            if (ended != null) {
                return;
            }
            last++;
            while (!events.isEmpty() && (events.size() >= maxEvents || held + bytes > maxBytes)) {
                dropOldest();
            }
            if (bytes > maxBytes || !hold(bytes)) {
                forget(); // what is older than a lost one cannot be read on from
            } else {
                events.addLast(new Event(last, name, data, bytes));
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean hold(long bytes) {
        while (!purse.take(bytes)) {
            if (events.isEmpty()) {
                return false;
            }
            dropOldest();
        }
        held += bytes;
        return true;
    }

    private void dropOldest() {
        Event oldest = events.removeFirst();
        held -= oldest.bytes();
        purse.giveBack(oldest.bytes());
    }

    private void forget() {
        while (!events.isEmpty()) {
            dropOldest();
        }
    }

    /// Readers get what is there, and then the reason. Only the first reason counts.
    public void end(String reason) {
        lock.lock();
        try {
            ended = ended == null ? reason : ended;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Ends it and lets go of everything. A second call does nothing.
    public void discard(String reason) {
        end(reason);
        lock.lock();
        try {
            forget();
            purse.close();
            if (!discarded) {
                discarded = true;
                share.close();
            }
        } finally {
            lock.unlock();
        }
    }

    public boolean isEnded() {
        lock.lock();
        try {
            return ended != null;
        } finally {
            lock.unlock();
        }
    }

    /// The number of the event that was added last, 0 before the first.
    long last() {
        lock.lock();
        try {
            return last;
        } finally {
            lock.unlock();
        }
    }

    /// The number of the last event that cannot be read any more, 0 where all can.
    public long lost() {
        lock.lock();
        try {
            return lostUntil();
        } finally {
            lock.unlock();
        }
    }

    private long lostUntil() {
        return events.isEmpty() ? last : events.getFirst().number() - 1;
    }

    /// What follows the event of this number; waits for it where there is nothing yet.
    Reading after(long number, Duration patience) throws InterruptedException {
        long nanos = patience.toNanos();
        lock.lock();
        try {
            while (last <= number && ended == null && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            long lost = lostUntil() - number;
            if (lost > 0) {
                return new Reading.Behind(lost);
            }
            if (ended != null && last <= number) {
                return new Reading.Ended(ended);
            }
            List<Event> found = new ArrayList<>();
            int skipped = (int) Math.max(0, number - lostUntil());
            var all = events.iterator();
            while (all.hasNext() && found.size() < BATCH) {
                Event event = all.next();
                if (skipped-- <= 0) {
                    found.add(event);
                }
            }
            return new Reading.Some(found);
        } finally {
            lock.unlock();
        }
    }

    /// The name of an event outside of this log, as readers give it back in `Last-Event-ID`.
    String nameOf(long number) {
        return id + "." + number;
    }

    /// The number in a name, or -1 where it is none of this log.
    public long numberIn(String name) {
        if (!name.startsWith(id + ".")) {
            return -1;
        }
        try {
            long number = Long.parseLong(name.substring(id.length() + 1));
            return number >= 0 && number <= last() ? number : -1;
        } catch (NumberFormatException _) {
            return -1;
        }
    }
}
