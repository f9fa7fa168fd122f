package eu.sermas.bus.audit;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.json.JsonLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who changed what, who was given a token, what was refused: one JSON object a line, only ever
/// appended.
///
/// Whoever has something to say does not wait: entries queue up for a thread of their own, and
/// where that falls behind, so that too many bytes wait, or the disk takes nothing they are lost,
/// counted, and the log says how many as soon as it can. Everything outside of ASCII is escaped, so
/// no name or topic can look like another line or move a terminal's cursor.
public final class AuditLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final int QUEUE = 8_192;
    private static final int BATCH = 256;

    /// Of entries that wait, or are being written.
    static final long MOST_BYTES = 8 * 1024 * 1024;

    private static final byte[] LINE_END = {'\n'};
    private static final AuditEntry END = new AuditEntry(0, "", "", "", Map.of());
    private static final JsonMapper JSON =
            JsonLimits.OWN.mapper().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /// Where lines go.
    private interface Sink {

        void write(byte[] line) throws IOException;

        void flush() throws IOException;

        /// After a failure.
        void recover() throws IOException;

        void close() throws IOException;
    }

    private final LinkedBlockingQueue<AuditEntry> waiting = new LinkedBlockingQueue<>(QUEUE);
    private final AtomicLong bytes = new AtomicLong();
    private final LongAdder lost = new LongAdder();
    private final Sink sink;
    private final InstantSource clock;
    private final Thread thread;

    // The writing thread's own.
    private long lostAndTold;
    private boolean failing;
    private volatile boolean closing;

    private AuditLog(Sink sink, InstantSource clock) {
        this.sink = sink;
        this.clock = clock;
        thread = Thread.ofPlatform().daemon().name("audit").unstarted(this::run);
    }

    /// @param maxBytes of the file before it is put aside
    /// @param keep how many files are kept beside the one that is written
    /// @throws IOException where it cannot be opened
    public static AuditLog toFile(Path path, long maxBytes, int keep, InstantSource clock)
            throws IOException {
        AuditFile file = new AuditFile(path, maxBytes, keep);
        file.open();
        return start(
                new Sink() {
                    @Override
                    public void write(byte[] line) throws IOException {
                        file.write(line);
                    }

                    @Override
                    public void flush() throws IOException {
                        file.flush();
                    }

                    @Override
                    public void recover() throws IOException {
                        file.abandon();
                    }

                    @Override
                    public void close() throws IOException {
                        file.close();
                    }
                },
                clock);
    }

    /// @param out is not closed
    public static AuditLog toStream(OutputStream out, InstantSource clock) {
        return start(
                new Sink() {
                    @Override
                    public void write(byte[] line) throws IOException {
                        out.write(line);
                    }

                    @Override
                    public void flush() throws IOException {
                        out.flush();
                    }

                    @Override
                    public void recover() {}

                    @Override
                    public void close() throws IOException {
                        out.flush();
                    }
                },
                clock);
    }

    private static AuditLog start(Sink sink, InstantSource clock) {
        AuditLog log = new AuditLog(sink, clock);
        log.thread.start();
        return log;
    }

    /// Never waits; from any thread.
    public void add(AuditEntry entry) {
        long cost = entry.cost();
        boolean fits = bytes.addAndGet(cost) <= MOST_BYTES;
        if (closing || !fits || !waiting.offer(entry)) {
            bytes.addAndGet(-cost);
            lost.increment();
        }
    }

    /// How many entries could not be written.
    public long lost() {
        return lost.sum();
    }

    @SuppressWarnings("ReferenceEquality") // the end is that one object
    private void run() {
        List<AuditEntry> batch = new ArrayList<>(BATCH);
        try {
            boolean last = false;
            while (!last) {
                batch.add(waiting.take());
                waiting.drainTo(batch, BATCH - 1);
                last = batch.removeIf(entry -> entry == END);
                write(batch);
                bytes.addAndGet(-batch.stream().mapToLong(AuditEntry::cost).sum());
                batch.clear();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(List<AuditEntry> batch) {
        try {
            if (failing) {
                sink.recover();
                sink.write(LINE_END); // of what got through only in part
            }
            sayWhatWasLost();
            for (AuditEntry entry : batch) {
                sink.write(line(entry));
            }
            sink.flush();
            failing = false;
        } catch (IOException e) {
            lost.add(batch.size()); // some of them may have got through
            if (!failing) {
                failing = true;
                LOG.error("audit log cannot be written", e);
            }
        }
    }

    private void sayWhatWasLost() throws IOException {
        long sum = lost.sum();
        if (sum > lostAndTold) {
            Map<String, Object> count = Map.of("count", sum - lostAndTold);
            sink.write(line(new AuditEntry(clock.millis(), "entries-lost", "", "", count)));
            lostAndTold = sum;
        }
    }

    private static byte[] line(AuditEntry entry) throws IOException {
        ObjectNode line = JSON.createObjectNode();
        line.put("ts", Instant.ofEpochMilli(entry.time()).toString());
        line.put("event", entry.event());
        putUnlessEmpty(line, "actor", entry.actor());
        putUnlessEmpty(line, "address", entry.address());
        entry.details().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(detail -> line.set(detail.getKey(), JSON.valueToTree(detail.getValue())));
        byte[] json = JSON.writeValueAsBytes(line);
        byte[] whole = new byte[json.length + 1];
        System.arraycopy(json, 0, whole, 0, json.length);
        whole[json.length] = '\n';
        return whole;
    }

    private static void putUnlessEmpty(ObjectNode line, String name, @Nullable String text) {
        if (text != null && !text.isEmpty()) {
            line.put(name, text);
        }
    }

    /// Writes what is waiting, then lets go of the file.
    @Override
    public void close() throws IOException {
        closing = true;
        try {
            waiting.put(END); // no interrupt: it would close the file
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        sink.close();
    }
}
