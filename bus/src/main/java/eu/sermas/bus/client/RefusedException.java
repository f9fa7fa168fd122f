package eu.sermas.bus.client;

import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ReasonCode;
import java.util.Locale;

/// The bus said no. The message tells to what, with the reason code and the reason string.
public final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    RefusedException(String what, ReasonCode code, Properties properties) {
        super(what + ": " + describe(code, properties), null, false, false);
    }

    private static String describe(ReasonCode code, Properties properties) {
        String name = code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        String text = "%s (0x%02X)".formatted(name, code.value());
        String reason = properties.text(Property.REASON_STRING);
        return reason == null ? text : text + ", " + reason;
    }
}
