package eu.sermas.bus.server;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/// A line of the log as one JSON object: `ts` (RFC 3339, UTC), `level`, `logger`, `msg`, then the
/// fields of the line, and the stack trace as `exception` where there is one. Numbers and truth
/// values are such; everything else is a text.
final class JsonLines extends EncoderBase<ILoggingEvent> {

    private static final byte[] NOTHING = {};

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(256).append('{');
        field(line, "ts", event.getInstant());
        field(line, "level", event.getLevel());
        String logger = event.getLoggerName();
        field(line, "logger", logger.substring(logger.lastIndexOf('.') + 1));
        field(line, "msg", event.getFormattedMessage());
        List<KeyValuePair> fields = event.getKeyValuePairs();
        if (fields != null) {
            fields.forEach(field -> field(line, field.key, field.value));
        }
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            field(line, "exception", ThrowableProxyUtil.asString(thrown));
        }
        return line.append("}\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void field(StringBuilder line, String name, Object value) {
        line.append(line.length() == 1 ? "\"" : ",\"");
        quote(line, name);
        line.append("\":");
        if (value instanceof Number || value instanceof Boolean) {
            line.append(value);
        } else {
            line.append('"');
            quote(line, String.valueOf(value));
            line.append('"');
        }
    }

    private static void quote(StringBuilder line, String text) {
        JsonStringEncoder.getInstance().quoteAsString(text, line);
    }
}
