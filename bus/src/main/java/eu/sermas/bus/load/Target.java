package eu.sermas.bus.load;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/// The broker to connect to.
///
/// @param path of the WebSocket; null for plain TCP
public record Target(String host, int port, @Nullable String path) {

    private static final int DEFAULT_PORT = 8080;
    private static final String DEFAULT_PATH = "/mqtt";

    public Target {
        if (host.isBlank()) {
            throw new IllegalArgumentException("host: empty (expected: a name or an address)");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
        }
    }

    /// Reads `mqtt://HOST:PORT` or `ws://HOST:PORT/PATH`; port and path have defaults.
    ///
    /// @throws IllegalArgumentException for anything else
    public static Target of(URI url) {
        String scheme = String.valueOf(url.getScheme());
        String host = url.getHost();
        if (host == null || !(scheme.equals("mqtt") || scheme.equals("ws"))) {
            throw new IllegalArgumentException(
                    "url: " + url + " (expected: mqtt://HOST:PORT or ws://HOST:PORT/PATH)");
        }
        int port = url.getPort() < 0 ? DEFAULT_PORT : url.getPort();
        boolean hasPath = url.getPath() != null && !url.getPath().isEmpty();
        String path = hasPath ? url.getPath() : DEFAULT_PATH;
        return new Target(host, port, scheme.equals("ws") ? path : null);
    }

    /// The same by WebSocket, if it is not already.
    public Target webSocket() {
        return path == null ? new Target(host, port, DEFAULT_PATH) : this;
    }

    boolean isWebSocket() {
        return path != null;
    }
}
