package eu.sermas.bus.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import eu.sermas.bus.journal.QueueRecord.Phase;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.Store.Family;
import eu.sermas.bus.time.BusClock;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the last process left on disk, read once before this one takes its first client. Sessions
/// and their subscriptions are in memory then; of queues no more than how long they are, whatever
/// is on disk, and of messages that several of them share some bytes each.
///
/// A record that cannot be read is named in the log and left where it is; so is all that depends on
/// it. What belongs to nothing any more, because the last process ended in between, is deleted.
public final class Saved {

    private static final Logger LOG = LoggerFactory.getLogger(Saved.class);
    private static final byte[] ALIVE = "alive".getBytes(UTF_8);
    private static final byte[] ALL = {};

    private static final int MAX_NAMED = 20;

    /// Deletions of one batch.
    private static final int MANY = 10_000;

    private final Store store;
    private final Numbers numbers;
    private final References references;
    private final Runnable oneMore;
    private final Map<Long, SavedSession> sessions = new HashMap<>();

    /// The messages that have a record of their own, each as a [Summary].
    private final LongIntMap messages = new LongIntMap();

    private Batch orphans = new Batch();
    private int orphansFound;
    private int damaged;

    // Records of one session follow each other.
    private @Nullable SavedSession last;
    private long lastOrphan;
    private @Nullable Family lastFamily;

    private Saved(Store store, Numbers numbers, Runnable oneMore) {
        this.store = store;
        this.numbers = numbers;
        this.references = numbers.references();
        this.oneMore = oneMore;
    }

    /// Reads the sessions and all that belongs to them.
    ///
    /// @param oneMore is called for each record that was read, to show progress
    public static Saved sessions(Store store, Numbers numbers, Runnable oneMore) {
        Saved saved = new Saved(store, numbers, oneMore);
        saved.each(Family.SESSION, saved::session);
        saved.each(Family.SUBSCRIPTION, saved::subscription);
        saved.each(Family.MESSAGE, saved::message);
        saved.each(Family.QUEUE, saved::queued);
        saved.each(Family.IN_FLIGHT, saved::phase);
        saved.each(Family.INBOUND, saved::received);
        saved.deleteOrphans();
        return saved;
    }

    /// Reads the retained messages; apart from the sessions, so that both can be read at a time.
    ///
    /// @param wanted is given each, and says whether it is to stay on disk
    /// @return how many records could not be read
    public static int retained(Store store, Predicate<Message> wanted, Runnable oneMore) {
        Saved saved = new Saved(store, new Numbers(new References(0)), oneMore);
        Batch[] unwanted = {new Batch()};
        saved.each(
                Family.RETAINED,
                (key, value) -> {
                    if (!wanted.test(Records.message(value))) {
                        unwanted[0].delete(Family.RETAINED, key);
                        if (unwanted[0].changes().size() >= MANY) {
                            var _ = store.commit(unwanted[0], Store.Safety.WRITTEN);
                            unwanted[0] = new Batch();
                        }
                    }
                });
        if (!unwanted[0].isEmpty()) {
            var _ = store.commit(unwanted[0], Store.Safety.WRITTEN);
        }
        return saved.damaged;
    }

    /// When the last process was alive for sure, or null where none was. The first form of the note
    /// has one number, as there was one clock.
    public static BusClock.@Nullable Moment lastAlive(Store store) {
        return lastAlive(key -> store.get(Family.META, key));
    }

    /// The same from wherever the note is kept.
    ///
    /// @param get finds a record of [Family#META]
    public static BusClock.@Nullable Moment lastAlive(Function<byte[], byte @Nullable []> get) {
        byte[] value = get.apply(ALIVE);
        if (value == null || (value.length != Long.BYTES && value.length != 2 * Long.BYTES)) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(value);
        long time = in.getLong();
        return new BusClock.Moment(time, in.hasRemaining() ? in.getLong() : time);
    }

    /// A note that this process is alive at this time.
    public static Batch alive(BusClock.Moment now) {
        return new Batch().put(Family.META, ALIVE, Keys.of(now.time(), now.world()));
    }

    public Collection<SavedSession> sessions() {
        return sessions.values();
    }

    /// How many records could not be read.
    public int damaged() {
        return damaged;
    }

    private interface Reading {
        void record(byte[] key, byte[] value);
    }

    private void each(Family family, Reading reading) {
        store.scan(
                family,
                ALL,
                (key, value) -> {
                    oneMore.run();
                    try {
                        reading.record(key, value);
                    } catch (DamagedRecordException e) {
                        damaged(family, key, e);
                    }
                    return true;
                });
    }

    private void damaged(Family family, byte[] key, DamagedRecordException e) {
        damaged++;
        if (damaged <= MAX_NAMED) {
            LOG.error(
                    "damaged record, left out: {} {}: {}",
                    family,
                    HexFormat.of().formatHex(key),
                    e.getMessage());
        }
    }

    private void session(byte[] key, byte[] value) {
        long number = Keys.number(key);
        numbers.sessionSeen(number);
        sessions.put(number, new SavedSession(number, Records.session(value)));
    }

    private void subscription(byte[] key, byte[] value) {
        SavedSession session = owner(Family.SUBSCRIPTION, key);
        if (session != null) {
            session.subscriptions().add(Records.subscription(key, value));
        }
    }

    private void message(byte[] key, byte[] value) {
        long id = Keys.number(key);
        numbers.messageSeen(id);
        Message message = Records.message(value);
        messages.add(id, Summary.of(message));
    }

    /// Counts what is queued, and who refers to which message.
    private void queued(byte[] key, byte[] value) {
        SavedSession session = owner(Family.QUEUE, key);
        if (session == null) {
            return;
        }
        long sequence = Keys.sequence(key);
        session.sequenceSeen(sequence);
        QueueRecord record = Records.queued(value);
        Message inline = record.message();
        int summary = inline == null ? messages.get(record.messageId()) : Summary.of(inline);
        if (summary == 0) {
            numbers.messageSeen(record.messageId());
            throw new DamagedRecordException("its message is missing: " + record.messageId());
        }
        if (inline == null) {
            references.add(record.messageId(), 1);
        }
        session.queue()
                .append(
                        sequence,
                        Summary.cost(summary) + Kept.PLACE,
                        Summary.qos(summary).min(record.maximumQos()),
                        record.sharedBy() != null);
        if (record.phase() != Phase.QUEUED) {
            session.queue().sent(sequence);
        }
    }

    /// What became of messages that were sent; windows are small, so it looks for each message.
    private void phase(byte[] key, byte[] value) {
        SavedSession session = owner(Family.IN_FLIGHT, key);
        if (session == null) {
            return;
        }
        long sequence = Keys.sequence(key);
        session.sequenceSeen(sequence);
        Records.inFlight(value);
        if (store.get(Family.QUEUE, key) == null) {
            orphans.delete(Family.IN_FLIGHT, key);
            deleteSomeOrphans();
        } else {
            session.queue().sent(sequence);
        }
    }

    /// The session that a record belongs to, or null where there is none any more. Its number is
    /// not given to another one all the same: where records are damaged, orphans stay.
    private @Nullable SavedSession owner(Family family, byte[] key) {
        long number = Keys.number(key);
        if (last != null && last.number() == number) {
            return last;
        }
        SavedSession session = sessions.get(number);
        if (session != null) {
            last = session;
        } else if (number != lastOrphan || family != lastFamily) {
            lastOrphan = number;
            lastFamily = family;
            numbers.sessionSeen(number);
            orphans.deleteRange(family, Keys.of(number), Keys.of(number + 1));
        }
        return session;
    }

    private void received(byte[] key, byte[] value) {
        SavedSession session = owner(Family.INBOUND, key);
        if (session != null) {
            session.received().set(Keys.packetId(key));
        }
    }

    private void deleteOrphans() {
        // Where something could not be read, it may be what they belong to.
        if (damaged > 0) {
            return;
        }
        messages.forEachKey(
                id -> {
                    if (!references.has(id)) {
                        orphans.delete(Family.MESSAGE, Keys.of(id));
                        deleteSomeOrphans();
                    }
                });
        orphansFound += orphans.changes().size();
        if (orphansFound > 0) {
            LOG.info("deleting {} records that belong to nothing", orphansFound);
            var _ = store.commit(orphans, Store.Safety.WRITTEN);
        }
    }

    /// There may be more of them than the memory holds.
    private void deleteSomeOrphans() {
        if (damaged == 0 && orphans.changes().size() >= MANY) {
            orphansFound += orphans.changes().size();
            store.commit(orphans, Store.Safety.WRITTEN).toCompletableFuture().join();
            orphans = new Batch();
        }
    }

    /// What has to be known of a message to count it wherever it waits, in one number that is not
    /// 0: its cost and its QoS.
    private static final class Summary {

        private static final int MAX_COST = Integer.MAX_VALUE >> 2;

        private Summary() {}

        static int of(Message message) {
            return (int) Math.min(message.cost(), MAX_COST) << 2 | message.qos().value();
        }

        static long cost(int summary) {
            return summary >> 2;
        }

        static QoS qos(int summary) {
            return QoS.of(summary & 3);
        }
    }
}
