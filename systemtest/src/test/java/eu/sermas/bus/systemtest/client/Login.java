package eu.sermas.bus.systemtest.client;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/// How a client connects.
///
/// @param uri `tcp://...` or `ws://.../mqtt`
/// @param token the user name; the password is a placeholder
/// @param clean start without the session of an earlier connection; a session that is not clean
///   outlives its connection by an hour in MQTT 5
public record Login(URI uri, String clientId, String token, boolean clean, @Nullable Message will) {

    public static final String PASSWORD = "sermas";
    public static final int SESSION_EXPIRY_SECONDS = 3600;

    public Login(URI uri, String clientId, String token) {
        this(uri, clientId, token, true, null);
    }

    public Login persistent() {
        return new Login(uri, clientId, token, false, will);
    }

    public Login withWill(Message message) {
        return new Login(uri, clientId, token, clean, message);
    }

    public Login withToken(String other) {
        return new Login(uri, clientId, other, clean, will);
    }

    boolean isWebSocket() {
        return uri.getScheme().equals("ws");
    }
}
