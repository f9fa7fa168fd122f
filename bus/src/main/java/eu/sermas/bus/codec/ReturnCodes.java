package eu.sermas.bus.codec;

import eu.sermas.bus.packet.ReasonCode;
import org.jspecify.annotations.Nullable;

/// The return codes of MQTT 3 and the reason codes that stand for them.
final class ReturnCodes {

    /// The one refusal of a SUBACK.
    static final int FAILURE = 0x80;

    private ReturnCodes() {}

    /// CONNACK, MQTT 3.1.1 section 3.2.2.3.
    ///
    /// @return null where MQTT 3 has no such code
    static @Nullable ReasonCode ofConnAck(int returnCode) {
        return switch (returnCode) {
            case 0 -> ReasonCode.SUCCESS;
            case 1 -> ReasonCode.UNSUPPORTED_PROTOCOL_VERSION;
            case 2 -> ReasonCode.CLIENT_IDENTIFIER_NOT_VALID;
            case 3 -> ReasonCode.SERVER_UNAVAILABLE;
            case 4 -> ReasonCode.BAD_USER_NAME_OR_PASSWORD;
            case 5 -> ReasonCode.NOT_AUTHORIZED;
            default -> null;
        };
    }

    /// What is nearest: 3 for what may pass with time, 5 for every other refusal.
    static int connAck(ReasonCode code) {
        return switch (code) {
            case SUCCESS -> 0;
            case UNSUPPORTED_PROTOCOL_VERSION -> 1;
            case CLIENT_IDENTIFIER_NOT_VALID -> 2;
            case SERVER_UNAVAILABLE,
                    SERVER_BUSY,
                    SERVER_SHUTTING_DOWN,
                    USE_ANOTHER_SERVER,
                    SERVER_MOVED,
                    QUOTA_EXCEEDED,
                    CONNECTION_RATE_EXCEEDED,
                    UNSPECIFIED_ERROR,
                    IMPLEMENTATION_SPECIFIC_ERROR ->
                    3;
            case BAD_USER_NAME_OR_PASSWORD -> 4;
            default -> 5;
        };
    }

    /// SUBACK, MQTT 3.1.1 section 3.9.3.
    ///
    /// @return null where MQTT 3 has no such code
    static @Nullable ReasonCode ofSubAck(int returnCode) {
        return switch (returnCode) {
            case 0 -> ReasonCode.GRANTED_QOS_0;
            case 1 -> ReasonCode.GRANTED_QOS_1;
            case 2 -> ReasonCode.GRANTED_QOS_2;
            case FAILURE -> ReasonCode.UNSPECIFIED_ERROR;
            default -> null;
        };
    }

    static int subAck(ReasonCode code) {
        return code.isError() ? FAILURE : code.value();
    }
}
