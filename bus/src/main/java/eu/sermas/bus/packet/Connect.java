package eu.sermas.bus.packet;

import org.jspecify.annotations.Nullable;

/// CONNECT, section 3.1.
///
/// @param cleanStart Clean Start of MQTT 5, Clean Session of MQTT 3
/// @param keepAlive seconds, 0 for none
public record Connect(
        ProtocolVersion version,
        String clientId,
        boolean cleanStart,
        int keepAlive,
        @Nullable Will will,
        @Nullable String userName,
        byte @Nullable [] password,
        Properties properties)
        implements Packet {

    /// Leaves user name and password out: the user name is a token.
    @Override
    public String toString() {
        return "Connect[" + version + ", clientId=" + clientId + ", cleanStart=" + cleanStart + "]";
    }
}
