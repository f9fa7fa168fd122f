package eu.sermas.bus.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import eu.sermas.bus.journal.QueueRecord.Phase;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.Store.Family;
import eu.sermas.bus.time.BusClock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Everything that the last process left on disk, read once before this one takes its first client.
///
/// A record that cannot be read is named in the log and left where it is; so is all that depends on
/// it. What belongs to nothing any more, because the last process ended in between, is deleted.
public final class Saved {

    private static final Logger LOG = LoggerFactory.getLogger(Saved.class);
    private static final byte[] ALIVE = "alive".getBytes(UTF_8);
    private static final byte[] ALL = {};

    private static final int MAX_NAMED = 20;

    private final Store store;
    private final Numbers numbers;
    private final Runnable oneMore;
    private final Map<Long, SavedSession> sessions = new HashMap<>();
    private final Map<Long, Stored> messages = new HashMap<>();
    private final Batch orphans = new Batch();
    private int damaged;

    private Saved(Store store, Numbers numbers, Runnable oneMore) {
        this.store = store;
        this.numbers = numbers;
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
        saved.queues();
        saved.each(Family.INBOUND, saved::received);
        saved.deleteOrphans();
        return saved;
    }

    /// Reads the retained messages; apart from the sessions, so that both can be read at a time.
    ///
    /// @return how many records could not be read
    public static int retained(Store store, Consumer<Message> messages, Runnable oneMore) {
        Saved saved = new Saved(store, new Numbers(), oneMore);
        saved.each(Family.RETAINED, (_, value) -> messages.accept(Records.message(value)));
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

    /// The session that a record belongs to, or null where there is none any more. Its number is
    /// not given to another one all the same: where records are damaged, orphans stay.
    private @Nullable SavedSession owner(byte[] key) {
        long number = Keys.number(key);
        numbers.sessionSeen(number);
        return sessions.get(number);
    }

    private void subscription(byte[] key, byte[] value) {
        SavedSession session = owner(key);
        if (session == null) {
            orphans.delete(Family.SUBSCRIPTION, key);
        } else {
            session.subscriptions().add(Records.subscription(key, value));
        }
    }

    private void message(byte[] key, byte[] value) {
        long id = Keys.number(key);
        numbers.messageSeen(id);
        messages.put(id, new Stored(Records.message(value), id));
    }

    /// The queues, each with what became of its messages later.
    private void queues() {
        Map<Long, Map<Long, Records.InFlightRecord>> inFlight = new HashMap<>();
        each(
                Family.IN_FLIGHT,
                (key, value) -> {
                    SavedSession session = owner(key);
                    if (session != null) {
                        session.sequenceSeen(Keys.sequence(key));
                    }
                    inFlight.computeIfAbsent(Keys.number(key), _ -> new HashMap<>())
                            .put(Keys.sequence(key), Records.inFlight(value));
                });
        each(
                Family.QUEUE,
                (key, value) -> {
                    SavedSession session = owner(key);
                    if (session == null) {
                        orphans.delete(Family.QUEUE, key);
                        return;
                    }
                    session.sequenceSeen(Keys.sequence(key));
                    Map<Long, Records.InFlightRecord> later =
                            inFlight.computeIfAbsent(session.number(), _ -> new HashMap<>());
                    session.queue().add(entry(key, Records.queued(value), later));
                });
        inFlight.forEach(this::orphanPhases);
    }

    private SavedSession.Entry entry(
            byte[] key, QueueRecord record, Map<Long, Records.InFlightRecord> later) {
        Message message = record.message();
        Stored stored = message == null ? messages.get(record.messageId()) : new Stored(message, 0);
        if (stored == null) {
            numbers.messageSeen(record.messageId()); // no other message may take its place
            throw new DamagedRecordException("its message is missing: " + record.messageId());
        }
        long sequence = Keys.sequence(key);
        Records.InFlightRecord latest = later.remove(sequence);
        Phase phase = latest == null ? record.phase() : latest.phase();
        int packetId = latest == null ? record.packetId() : latest.packetId();
        stored.refer();
        return new SavedSession.Entry(sequence, record, stored, phase, packetId);
    }

    private void orphanPhases(long session, Map<Long, Records.InFlightRecord> left) {
        left.keySet()
                .forEach(sequence -> orphans.delete(Family.IN_FLIGHT, Keys.of(session, sequence)));
    }

    private void received(byte[] key, byte[] value) {
        SavedSession session = owner(key);
        if (session == null) {
            orphans.delete(Family.INBOUND, key);
        } else {
            session.received().set(Keys.packetId(key));
        }
    }

    private void deleteOrphans() {
        List<Long> unused = new ArrayList<>();
        messages.forEach(
                (id, stored) -> {
                    if (!stored.isReferred()) {
                        unused.add(id);
                    }
                });
        // Where something could not be read, it may be what they belong to.
        if (damaged == 0) {
            unused.forEach(id -> orphans.delete(Family.MESSAGE, Keys.of(id)));
            if (!orphans.isEmpty()) {
                LOG.info("deleting {} records that belong to nothing", orphans.changes().size());
                var _ = store.commit(orphans, Store.Safety.WRITTEN);
            }
        }
    }
}
