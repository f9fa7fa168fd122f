package eu.sermas.bus.cli.mqtt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.json.JsonLimits;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.UserProperty;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/// How a message is printed: a format with the signs of `mosquitto_sub -F`, of which widths, flags
/// and the times of `@` are left out.
final class MessageFormat {

    /// The payload of a message is no JSON where `%J` wants it to be.
    static final class NoJson extends Exception {

        private static final long serialVersionUID = 1L;

        NoJson(String topic) {
            super("payload is not valid JSON on topic " + topic, null, false, false);
        }
    }

    private static final String SIGNS = "tpqrlmxXjJIUACDEFPRS%";
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxx");
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxx");
    private static final JsonMapper JSON = JsonLimits.OWN.mapper().build();

    /// Text as it is, and the sign behind it.
    private record Piece(String text, char sign) {}

    private final List<Piece> pieces = new ArrayList<>();
    private String rest = "";

    private MessageFormat() {}

    /// @throws IllegalArgumentException where there is a sign that is unknown
    static MessageFormat of(String format) {
        MessageFormat parsed = new MessageFormat();
        StringBuilder text = new StringBuilder();
        int next = 0;
        while (next < format.length()) {
            char c = format.charAt(next++);
            if (c != '%' && c != '\\') {
                text.append(c);
                continue;
            }
            String sign = next < format.length() ? format.substring(next, ++next) : "";
            if (c == '\\') {
                text.append(escaped(sign));
            } else if (sign.equals("%")) {
                text.append('%');
            } else if (!sign.isEmpty() && SIGNS.contains(sign)) {
                parsed.pieces.add(new Piece(text.toString(), sign.charAt(0)));
                text.setLength(0);
            } else {
                throw new IllegalArgumentException(
                        "-F: %%%s (expected: %% and one of %s)".formatted(sign, SIGNS));
            }
        }
        parsed.rest = text.toString();
        return parsed;
    }

    private static char escaped(String sign) {
        return switch (sign) {
            case "\\" -> '\\';
            case "0" -> 0;
            case "a" -> 7;
            case "e" -> 27;
            case "n" -> '\n';
            case "r" -> '\r';
            case "t" -> '\t';
            case "v" -> 11;
            default ->
                    throw new IllegalArgumentException(
                            "-F: \\%s (expected: \\ and one of \\0aenrtv)".formatted(sign));
        };
    }

    /// @param now when the message came
    byte[] print(Publish message, ZonedDateTime now) throws NoJson {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Piece piece : pieces) {
            out.writeBytes(utf8(piece.text()));
            out.writeBytes(value(piece.sign(), message, now));
        }
        out.writeBytes(utf8(rest));
        return out.toByteArray();
    }

    private static byte[] value(char sign, Publish message, ZonedDateTime now) throws NoJson {
        byte[] payload = message.payload();
        Properties properties = message.properties();
        return switch (sign) {
            case 'p' -> payload;
            case 'D' -> {
                byte[] data = properties.binary(Property.CORRELATION_DATA);
                yield data == null ? new byte[0] : data;
            }
            case 'j' -> json(message, now, false);
            case 'J' -> json(message, now, true);
            case 't' -> utf8(String.valueOf(message.topic()));
            case 'q' -> utf8(message.qos().value());
            case 'r' -> utf8(message.retain() ? 1 : 0);
            case 'l' -> utf8(payload.length);
            case 'm' -> utf8(message.packetId());
            case 'x' -> utf8(HexFormat.of().formatHex(payload));
            case 'X' -> utf8(HexFormat.of().withUpperCase().formatHex(payload));
            case 'I' -> utf8(SECONDS.format(now));
            case 'U' -> utf8("%d.%09d".formatted(now.toEpochSecond(), now.getNano()));
            case 'A' -> number(properties, Property.TOPIC_ALIAS);
            case 'E' -> number(properties, Property.MESSAGE_EXPIRY_INTERVAL);
            case 'F' -> number(properties, Property.PAYLOAD_FORMAT_INDICATOR);
            case 'S' -> number(properties, Property.SUBSCRIPTION_IDENTIFIER);
            case 'C' -> text(properties, Property.CONTENT_TYPE);
            case 'R' -> text(properties, Property.RESPONSE_TOPIC);
            case 'P' ->
                    utf8(
                            properties.userProperties().stream()
                                    .map(pair -> pair.name() + ":" + pair.value())
                                    .collect(Collectors.joining(" ")));
            default -> throw new IllegalStateException("sign " + sign);
        };
    }

    private static byte[] utf8(Object value) {
        return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] number(Properties properties, Property property) {
        return properties.has(property)
                ? utf8(
                        properties.all(property, Long.class).stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining(",")))
                : new byte[0];
    }

    private static byte[] text(Properties properties, Property property) {
        String value = properties.text(property);
        return value == null ? new byte[0] : utf8(value);
    }

    private static byte[] json(Publish message, ZonedDateTime now, boolean parsed) throws NoJson {
        ObjectNode object = JSON.createObjectNode();
        object.put("tst", MICROS.format(now));
        object.put("topic", String.valueOf(message.topic()));
        object.put("qos", message.qos().value());
        object.put("retain", message.retain() ? 1 : 0);
        object.put("payloadlen", message.payload().length);
        if (message.packetId() > 0) {
            object.put("mid", message.packetId());
        }
        if (!message.properties().isEmpty()) {
            object.set("properties", json(message.properties()));
        }
        try {
            if (parsed) {
                object.set("payload", JSON.readTree(message.payload()));
            } else {
                object.put("payload", new String(message.payload(), StandardCharsets.UTF_8));
            }
            return JSON.writeValueAsBytes(object);
        } catch (JsonProcessingException _) {
            throw new NoJson(String.valueOf(message.topic()));
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory", e);
        }
    }

    private static ObjectNode json(Properties properties) {
        ObjectNode object = JSON.createObjectNode();
        for (int i = 0; i < properties.size(); i++) {
            String name = PropertyArgument.nameOf(properties.keyAt(i));
            switch (properties.valueAt(i)) {
                case Long number -> object.put(name, number);
                case byte[] bytes -> object.put(name, new String(bytes, StandardCharsets.UTF_8));
                case UserProperty pair -> {
                    ArrayNode pairs = object.withArray("user-properties");
                    pairs.addObject().put(pair.name(), pair.value());
                }
                case Object text -> object.put(name, text.toString());
            }
        }
        return object;
    }
}
