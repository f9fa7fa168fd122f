package eu.sermas.bus.codec;

import eu.sermas.bus.packet.Printable;
import eu.sermas.bus.packet.ReasonCode;

/// What a peer sent is not MQTT as the specification has it. The connection cannot go on: the
/// reason code is the one to close it with.
///
/// The message is one line of printable text that states the value found and what was expected. It
/// may go to the log and, as a reason string, to the client. There is no stack trace: the cause is
/// outside, and filling one in for each bad packet would serve an attacker.
public final class MalformedPacketException extends Exception {

    private static final int MAX_MESSAGE = 300;

    private final ReasonCode reasonCode;

    MalformedPacketException(ReasonCode reasonCode, String message) {
        super(Printable.of(message, MAX_MESSAGE), null, false, false);
        this.reasonCode = reasonCode;
    }

    static MalformedPacketException malformed(String message) {
        return new MalformedPacketException(ReasonCode.MALFORMED_PACKET, message);
    }

    static MalformedPacketException protocolError(String message) {
        return new MalformedPacketException(ReasonCode.PROTOCOL_ERROR, message);
    }

    /// One that DISCONNECT or, for an answer to CONNECT, CONNACK may carry.
    public ReasonCode reasonCode() {
        return reasonCode;
    }
}
