package eu.sermas.bus.transport;

import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Property;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What a client shows to say who it is.
record Credentials(@Nullable String userName, byte @Nullable [] password) {

    /// The only Authentication Method of MQTT 5 that is spoken here: its data is the token.
    static final String METHOD = "JWT";

    /// Those of a CONNECT without enhanced authentication: the token is the user name.
    static Credentials of(Connect connect) {
        return new Credentials(connect.userName(), connect.password());
    }

    /// A token in Authentication Data, which comes without a password.
    static Credentials ofToken(byte[] token) {
        return new Credentials(new String(token, StandardCharsets.UTF_8), new byte[0]);
    }

    static @Nullable String methodOf(Connect connect) {
        return connect.properties().text(Property.AUTHENTICATION_METHOD);
    }

    /// Leaves everything out.
    @Override
    public String toString() {
        return "Credentials[...]";
    }
}
