package eu.sermas.bus.client;

import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.Will;
import org.jspecify.annotations.Nullable;

/// As whom a client connects, and what it leaves behind.
///
/// @param clientId empty where the bus is to choose one
/// @param keepAlive seconds, 0 for none
/// @param token sent as the user name; null to connect without credentials
/// @param properties of CONNECT
/// @param goodbye properties of DISCONNECT
public record Login(
        String clientId,
        boolean cleanStart,
        int keepAlive,
        @Nullable Will will,
        @Nullable String token,
        Properties properties,
        Properties goodbye) {

    public static final int KEEP_ALIVE = 60;

    /// With a clean session and a client id that the bus chooses.
    public static Login of(@Nullable String token) {
        return new Login("", true, KEEP_ALIVE, null, token, Properties.NONE, Properties.NONE);
    }

    /// Whether the bus keeps the session when the connection ends.
    public boolean outlivesConnection() {
        return properties.number(Property.SESSION_EXPIRY_INTERVAL, 0) > 0;
    }

    /// The same client once more, which goes on with the session that it has left.
    ///
    /// @param id that the bus gave it, or its own
    public Login again(String id, @Nullable String newToken) {
        boolean clean = !outlivesConnection();
        return new Login(id, clean, keepAlive, will, newToken, properties, goodbye);
    }

    /// Leaves the token out.
    @Override
    public String toString() {
        return "Login[" + clientId + ", cleanStart=" + cleanStart + "]";
    }
}
