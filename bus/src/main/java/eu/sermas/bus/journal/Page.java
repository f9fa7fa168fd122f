package eu.sermas.bus.journal;

import eu.sermas.bus.journal.QueueRecord.Phase;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.Store.Family;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The next messages of a session that are on disk only.
///
/// @param entries in order
/// @param next the sequence number to go on with
public record Page(List<SavedSession.Entry> entries, long next) {

    private static final Logger LOG = LoggerFactory.getLogger(Page.class);

    /// How much is read at a time.
    ///
    /// @param bytes the cost of messages beyond which no further one is read
    public record Size(int messages, long bytes) {

        public Size part(int parts) {
            return new Size(Math.max(1, messages / parts), bytes / parts);
        }

        public Size times(int factor) {
            return new Size(messages * factor, bytes * factor);
        }
    }

    /// Reads the records of a session from one sequence number up to another one, which may take
    /// time.
    ///
    /// A record that cannot be read is named in the log and left out.
    static Page read(Store store, long session, long from, long to, boolean withPhases, Size size) {
        return new Reading(store, session, withPhases, size).read(from, to);
    }

    private static final class Reading {
        private final Store store;
        private final long session;
        private final boolean withPhases;
        private final Size size;
        private final List<SavedSession.Entry> entries = new ArrayList<>();
        private final Map<Long, Records.InFlightRecord> phases = new HashMap<>(0);
        private final LastRead last = new LastRead();
        private long bytes;
        private long next;

        Reading(Store store, long session, boolean withPhases, Size size) {
            this.store = store;
            this.session = session;
            this.withPhases = withPhases;
            this.size = size;
        }

        Page read(long from, long to) {
            byte[] begin = Keys.of(session, from);
            byte[] end = Keys.of(session, to);
            next = to;
            if (withPhases) {
                store.scan(Family.IN_FLIGHT, begin, end, this::phase);
            }
            store.scan(Family.QUEUE, begin, end, this::record);
            return new Page(entries, next);
        }

        private boolean phase(byte[] key, byte[] value) {
            try {
                phases.put(Keys.sequence(key), Records.inFlight(value));
            } catch (DamagedRecordException e) {
                damaged(Family.IN_FLIGHT, key, e);
            }
            return true;
        }

        /// @return whether to go on
        private boolean record(byte[] key, byte[] value) {
            if (entries.size() >= size.messages() || bytes >= size.bytes()) {
                next = Keys.sequence(key);
                return false;
            }
            try {
                SavedSession.Entry entry = entry(Keys.sequence(key), Records.queued(value, last));
                entries.add(entry);
                bytes += Kept.cost(entry.message());
            } catch (DamagedRecordException e) {
                damaged(Family.QUEUE, key, e);
            }
            return true;
        }

        private SavedSession.Entry entry(long sequence, QueueRecord record) {
            Records.InFlightRecord latest = withPhases ? phases.get(sequence) : null;
            Phase phase = latest == null ? record.phase() : latest.phase();
            int packetId = latest == null ? record.packetId() : latest.packetId();
            return new SavedSession.Entry(sequence, record, stored(record), phase, packetId);
        }

        private Stored stored(QueueRecord record) {
            Message inline = record.message();
            if (inline != null) {
                return new Stored(inline, 0);
            }
            byte[] value = store.get(Family.MESSAGE, Keys.of(record.messageId()));
            if (value == null) {
                throw new DamagedRecordException("its message is missing: " + record.messageId());
            }
            return new Stored(Records.message(value, last), record.messageId());
        }

        private static void damaged(Family family, byte[] key, DamagedRecordException e) {
            LOG.error(
                    "damaged record, left out: {} {}: {}",
                    family,
                    HexFormat.of().formatHex(key),
                    e.getMessage());
        }
    }
}
