package eu.sermas.bus.inspect;

import eu.sermas.bus.journal.DamagedRecordException;
import eu.sermas.bus.journal.Keys;
import eu.sermas.bus.journal.QueueRecord;
import eu.sermas.bus.journal.Records;
import eu.sermas.bus.journal.Saved;
import eu.sermas.bus.journal.SessionRecord;
import eu.sermas.bus.journal.SubscriptionRecord;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.store.Store.Family;
import eu.sermas.bus.store.rocksdb.StoredRecords;
import eu.sermas.bus.time.BusClock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Looks through the records of a data directory, one after the other.
public final class Inspection {

    private static final byte[] ALL = {};

    /// The Session Expiry Interval that means never, MQTT 5 section 3.1.2.11.2.
    private static final long NEVER = 0xffff_ffffL;

    /// The key of a session begins the keys of everything that is its own.
    private static final int SESSION_BYTES = Long.BYTES;

    private final StoredRecords records;
    private final Selection selection;
    private final Report report;

    /// By which times are told as the world calls them, or null where nothing says.
    private final BusClock.@Nullable Moment alive;

    public Inspection(StoredRecords records, Selection selection, Report report) {
        this.records = records;
        this.selection = selection;
        this.report = report;
        this.alive = Saved.lastAlive(key -> records.get(Family.META, key));
    }

    /// How much there is of everything.
    public void summary() {
        for (Family family : Family.values()) {
            long[] sums = new long[2];
            records.scan(
                    family,
                    ALL,
                    (key, value) -> {
                        sums[0]++;
                        sums[1] += key.length + value.length;
                        return true;
                    });
            report.add(new FamilyRow(family.name(), sums[0], sums[1]));
        }
    }

    public void sessions() {
        int[] shown = {0};
        eachSession(
                (key, session) -> {
                    return isWithinLimit(shown) && report.add(row(key, session));
                });
    }

    /// The messages of each session, in their order.
    public void queues() {
        eachSession(
                (key, session) -> {
                    queue(key, session);
                    return true;
                });
    }

    public void retained() {
        TopicFilter filter = selection.filter();
        int[] shown = {0};
        each(
                Family.RETAINED,
                ALL,
                (_, value) -> {
                    Message message = Records.message(value);
                    if (filter != null && !filter.matches(message.topic())) {
                        return true;
                    }
                    return isWithinLimit(shown) && report.add(row(message));
                });
    }

    private RetainedRow row(Message message) {
        return new RetainedRow(
                message.topic().name(),
                message.qos().value(),
                message.payload().length,
                expires(message),
                payload(message));
    }

    /// Counts one more, and says once where that is one too many.
    private boolean isWithinLimit(int[] shown) {
        if (shown[0]++ < selection.limit()) {
            return true;
        }
        report.cut(selection.limit());
        return false;
    }

    private interface SessionVisitor {
        boolean visit(byte[] key, SessionRecord session);
    }

    private void eachSession(SessionVisitor visitor) {
        each(
                Family.SESSION,
                ALL,
                (key, value) -> {
                    SessionRecord session = Records.session(value);
                    return !isSelected(key, session) || visitor.visit(sessionOf(key), session);
                });
    }

    private boolean isSelected(byte[] key, SessionRecord session) {
        String selected = selection.session();
        return selected == null
                || selected.equals(session.clientId())
                || selected.equals(Long.toString(Keys.number(key)));
    }

    private static byte[] sessionOf(byte[] key) {
        return Arrays.copyOf(key, SESSION_BYTES);
    }

    private SessionRow row(byte[] key, SessionRecord session) {
        List<SessionRow.Held> subscriptions = new ArrayList<>();
        each(
                Family.SUBSCRIPTION,
                key,
                (own, value) -> {
                    SubscriptionRecord held = Records.subscription(own, value);
                    return subscriptions.add(
                            new SessionRow.Held(
                                    held.subscription().filter().text(),
                                    held.subscription().qos().value()));
                });
        long[] queued = new long[2];
        each(
                Family.QUEUE,
                key,
                (_, value) -> {
                    queued[0]++;
                    queued[1] += value.length + sharedBytes(Records.queued(value));
                    return true;
                });
        boolean absent = session.absentSince() != 0;
        boolean ends = absent && session.expiryInterval() < NEVER;
        long end = session.absentSince() + session.expiryInterval() * 1000;
        return new SessionRow(
                Keys.number(key),
                session.principalId(),
                session.clientId(),
                absent ? time(session.absentSince()) : null,
                ends ? time(end) : null,
                session.expiryInterval(),
                session.will() != null,
                List.copyOf(subscriptions),
                queued[0],
                queued[1]);
    }

    private long sharedBytes(QueueRecord queued) {
        byte[] shared = queued.message() == null ? shared(queued) : null;
        return shared == null ? 0 : shared.length;
    }

    private void queue(byte[] key, SessionRecord session) {
        int[] shown = {0};
        each(
                Family.QUEUE,
                key,
                (own, value) -> {
                    return isWithinLimit(shown)
                            && report.add(row(own, session, Records.queued(value)));
                });
    }

    private QueuedRow row(byte[] key, SessionRecord session, QueueRecord queued) {
        Message message = message(queued);
        // What became of it after it was queued has a record of its own.
        byte[] later = records.get(Family.IN_FLIGHT, key);
        Records.InFlightRecord sent = later == null ? null : Records.inFlight(later);
        return new QueuedRow(
                Keys.number(key),
                session.clientId(),
                Keys.sequence(key),
                message.topic().name(),
                message.qos().min(queued.maximumQos()).value(),
                (sent == null ? queued.phase() : sent.phase()).name(),
                sent == null ? queued.packetId() : sent.packetId(),
                message.payload().length,
                expires(message),
                payload(message));
    }

    private Message message(QueueRecord queued) {
        Message own = queued.message();
        if (own != null) {
            return own;
        }
        byte[] shared = shared(queued);
        if (shared == null) {
            throw new DamagedRecordException("message " + queued.messageId() + " is missing");
        }
        return Records.message(shared);
    }

    private byte @Nullable [] shared(QueueRecord queued) {
        return records.get(
                Family.MESSAGE,
                ByteBuffer.allocate(Long.BYTES).putLong(queued.messageId()).array());
    }

    private String time(long timeOfBus) {
        return Text.time(alive == null ? timeOfBus : alive.inWorld(timeOfBus));
    }

    private @Nullable String expires(Message message) {
        return message.expiresAt() == Message.NEVER ? null : time(message.expiresAt());
    }

    private @Nullable String payload(Message message) {
        return selection.payloads() ? Text.payload(message.payload()) : null;
    }

    private interface Visitor {
        boolean visit(byte[] key, byte[] value);
    }

    private void each(Family family, byte[] prefix, Visitor visitor) {
        records.scan(
                family,
                prefix,
                (key, value) -> {
                    try {
                        return visitor.visit(key, value);
                    } catch (DamagedRecordException e) {
                        report.damaged(family, key, e);
                        return true;
                    }
                });
    }
}
