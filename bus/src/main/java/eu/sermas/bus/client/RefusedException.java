package eu.sermas.bus.client;

import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ReasonCode;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// The bus said no. The message tells to what, with the reason code and the reason string.
public final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    /// What need not be so any more when one comes again.
    private static final Set<ReasonCode> PASSING =
            EnumSet.of(
                    ReasonCode.SERVER_UNAVAILABLE,
                    ReasonCode.SERVER_BUSY,
                    ReasonCode.SERVER_SHUTTING_DOWN,
                    ReasonCode.KEEP_ALIVE_TIMEOUT,
                    ReasonCode.MESSAGE_RATE_TOO_HIGH,
                    ReasonCode.QUOTA_EXCEEDED,
                    ReasonCode.CONNECTION_RATE_EXCEEDED,
                    ReasonCode.MAXIMUM_CONNECT_TIME);

    /// What the bus said no to.
    enum Subject {
        LOGIN,
        CONNECTION,
        REQUEST
    }

    private final transient Subject subject;
    private final transient ReasonCode code;

    RefusedException(Subject subject, String what, ReasonCode code, Properties properties) {
        super(what + ": " + describe(code, properties), null, false, false);
        this.subject = subject;
        this.code = code;
    }

    /// Whether a connection may be had again by the same client.
    public boolean isPassing() {
        return subject != Subject.REQUEST && PASSING.contains(code);
    }

    /// Whether a connection has ended that was good until now, and may be again with another token.
    public boolean isOfToken() {
        return subject == Subject.CONNECTION && code == ReasonCode.NOT_AUTHORIZED;
    }

    private static String describe(ReasonCode code, Properties properties) {
        String name = code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        String text = "%s (0x%02X)".formatted(name, code.value());
        String reason = properties.text(Property.REASON_STRING);
        return reason == null ? text : text + ", " + reason;
    }
}
