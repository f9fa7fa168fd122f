package eu.sermas.bus.client;

import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Where a broker is, and how it is spoken to.
///
/// @param path of a WebSocket, such as `/mqtt`; null for MQTT right on the connection
/// @param tls null for a plain connection
/// @param patience for the connection and for each answer
public record Endpoint(
        String host, int port, @Nullable String path, @Nullable SSLContext tls, Duration patience) {

    /// Plain MQTT over TCP.
    public static Endpoint tcp(String host, int port, Duration patience) {
        return new Endpoint(host, port, null, null, patience);
    }

    int patienceMillis() {
        return Math.toIntExact(patience.toMillis());
    }
}
