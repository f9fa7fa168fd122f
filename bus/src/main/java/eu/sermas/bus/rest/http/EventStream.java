package eu.sermas.bus.rest.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An answer that goes on: the events of one log as server-sent events (WHATWG HTML section 9.2). A
/// resource method returns one, and from then on the request's own thread writes it.
///
/// Beside the events of the log a reader sees
///
/// - comments, while nothing happens, so that nobody in between takes the connection for dead;
/// - `gap`, before what follows, where events in between are lost;
/// - `end`, as the last event, with the reason. A reader who was too slow is ended so too; it may
///   come back with `Last-Event-ID` and gets what is still there.
public final class EventStream {

    /// Where an answer is written to.
    interface Output {

        /// Returns when the bytes have left.
        ///
        /// @throws IOException where the reader is gone, or takes nothing for too long
        void write(byte[] bytes) throws IOException, InterruptedException;

        /// False once the reader is known to be gone.
        boolean isOpen();
    }

    public static final String CONTENT_TYPE = "text/event-stream";

    private static final Duration CHECK = Duration.ofMillis(500);
    private static final int QUIET_CHECKS = 30;
    private static final int CHUNK = 64 * 1024;
    private static final byte[] HEARTBEAT = bytes(": still here\n\n");
    private static final byte[] BEGIN = bytes("retry: 2000\n\n");

    private final EventLog log;
    private final Supplier<@Nullable String> obstacle;
    private final Runnable closed;
    private long position;
    private @Nullable String gap;

    /// @param position the number of the event that the reader has seen last
    /// @param gap why events before the next one are missing, or null where none is
    /// @param obstacle why the stream ends now, or null; asked twice a second, so a look-up in
    ///   memory
    /// @param closed is run once, when nothing is written any more
    public EventStream(
            EventLog log,
            long position,
            @Nullable String gap,
            Supplier<@Nullable String> obstacle,
            Runnable closed) {
        this.log = log;
        this.position = position;
        this.gap = gap;
        this.obstacle = obstacle;
        this.closed = closed;
    }

    /// Writes until the stream ends or its reader is gone.
    void writeTo(Output out) {
        try {
            out.write(BEGIN);
            if (gap != null) {
                out.write(event(null, "gap", Map.of("reason", gap)));
            }
            String reason = write(out);
            out.write(event(null, "end", Map.of("reason", reason)));
        } catch (IOException _) {
            // the reader is gone
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            closed.run();
        }
    }

    /// Nobody wants to read it.
    void abandon() {
        closed.run();
    }

    /// @return why it has ended
    private String write(Output out) throws IOException, InterruptedException {
        int quiet = 0;
        while (out.isOpen()) {
            String reason = obstacle.get();
            if (reason != null) {
                return reason;
            }
            switch (log.after(position, CHECK)) {
                case EventLog.Reading.Some(var events) when events.isEmpty() -> {
                    if (++quiet % QUIET_CHECKS == 0) {
                        out.write(HEARTBEAT);
                    }
                }
                case EventLog.Reading.Some(var events) -> {
                    quiet = 0;
                    write(events, out);
                }
                case EventLog.Reading.Behind(long lost) -> {
                    return "too slow: " + lost + " events were lost";
                }
                case EventLog.Reading.Ended(String why) -> {
                    return why;
                }
            }
        }
        throw new IOException("the reader is gone");
    }

    private void write(Iterable<EventLog.Event> events, Output out)
            throws IOException, InterruptedException {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        for (EventLog.Event event : events) {
            chunk.write(event(log.nameOf(event.number()), event.name(), event.data()));
            position = event.number();
            if (chunk.size() >= CHUNK) {
                out.write(chunk.toByteArray());
                chunk.reset();
            }
        }
        if (chunk.size() > 0) {
            out.write(chunk.toByteArray());
        }
    }

    /// One event as it is sent. Line ends in the data, which only white space between the parts of
    /// JSON can be, begin a new line of data.
    private static byte[] event(@Nullable String id, String name, Object data) {
        String json = new String(Json.write(data), StandardCharsets.UTF_8);
        StringBuilder text = new StringBuilder(json.length() + 64);
        text.append("event: ").append(name).append('\n');
        if (id != null) {
            text.append("id: ").append(id).append('\n');
        }
        json.lines().forEach(line -> text.append("data: ").append(line).append('\n'));
        return bytes(text.append('\n').toString());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
