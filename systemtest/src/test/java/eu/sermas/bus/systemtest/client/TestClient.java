package eu.sermas.bus.systemtest.client;

import java.util.List;

/// What the scenarios ask of a client library. Every call waits for its answer.
///
/// Reason codes are those of the wire: 0 to 2 and 0x80 and above in SUBACK; in an acknowledgement
/// of MQTT 3, which has no code, 0.
public interface TestClient extends AutoCloseable {

    /// Connects and waits for CONNACK.
    ///
    /// @return whether the bus remembers the session
    /// @throws Refused where CONNACK is not 0
    boolean connect(Login login) throws Refused;

    /// One SUBSCRIBE packet.
    ///
    /// @return the code of each filter
    List<Integer> subscribe(int qos, String... filters);

    void unsubscribe(String filter);

    /// Waits for the acknowledgement that the QoS asks for.
    ///
    /// @return the reason code of PUBACK or PUBREC
    int publish(Message message);

    /// What has arrived.
    Inbox inbox();

    boolean isConnected();

    /// Ends the connection with DISCONNECT.
    void disconnect();

    /// Ends whatever is left; never throws.
    @Override
    void close();

    /// A refused CONNECT.
    final class Refused extends Exception {

        private static final long serialVersionUID = 1L;

        private final int code;

        public Refused(int code) {
            super("CONNACK 0x%02X".formatted(code));
            this.code = code;
        }

        public int code() {
            return code;
        }
    }
}
