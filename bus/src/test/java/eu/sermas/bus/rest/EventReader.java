package eu.sermas.bus.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.rest.http.Json;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// Reads server-sent events as a browser does: everything that is no field of an event, such as the
/// sizes of chunks, is passed over.
public final class EventReader implements AutoCloseable {

    /// One event.
    public record Event(@Nullable String id, String name, String data) {
        public JsonNode json() throws IOException {
            return Json.MAPPER.readTree(data);
        }
    }

    private final BufferedReader in;
    private final Closeable connection;

    private EventReader(InputStream in, Closeable connection) {
        this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        this.connection = connection;
    }

    public static EventReader of(InputStream in, boolean withHead) throws IOException {
        EventReader reader = new EventReader(in, in);
        if (withHead) {
            assertThat(reader.head()).contains(" 200 ");
        }
        return reader;
    }

    public static EventReader open(
            int port, String path, String token, @Nullable String lastEventId) throws IOException {
        Socket socket = new Socket("localhost", port);
        socket.setSoTimeout(20_000);
        String last = lastEventId == null ? "" : "Last-Event-ID: " + lastEventId + "\r\n";
        // HTTP/1.0, so that the answer comes without chunks
        String request =
                "GET %s HTTP/1.0\r\nHost: a\r\nAccept: text/event-stream\r\nAuthorization: Bearer %s\r\n%s\r\n"
                        .formatted(path, token, last);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        EventReader reader = new EventReader(socket.getInputStream(), socket);
        String head = reader.head();
        assertThat(head).contains(" 200 ").containsIgnoringCase("content-type: text/event-stream");
        return reader;
    }

    private String head() throws IOException {
        StringJoiner head = new StringJoiner("\n");
        String line = in.readLine();
        while (line != null && !line.isEmpty()) {
            head.add(line);
            line = in.readLine();
        }
        return head.toString();
    }

    public Event next() throws IOException {
        String id = null;
        String name = null;
        StringJoiner data = new StringJoiner("\n");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("event: ")) {
                name = line.substring(7);
            } else if (line.startsWith("data: ")) {
                data.add(line.substring(6));
            } else if (line.isEmpty() && name != null) {
                return new Event(id, name, data.toString());
            }
        }
        throw new IOException("the stream ends");
    }

    /// The next event that is a message.
    public JsonNode nextMessage() throws IOException {
        Event event = next();
        while (event.name().equals("open")) {
            event = next();
        }
        assertThat(event.name()).as(event.data()).isEqualTo("message");
        return event.json();
    }

    public boolean isAtEnd() throws IOException {
        return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
