package eu.sermas.bus.codec;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.TopicFilter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Bytes as the tests write them, and packets as the tests compare them.
final class Wire {

    static final int MAX_PACKET_SIZE = 1 << 20;

    private static final Pattern TOKEN = Pattern.compile("\"([^\"]*)\"|'([^']*)'|([0-9A-Fa-f]+)");

    private Wire() {}

    /// Hexadecimal digits, `"text"` for a string with its length before it, `'text'` for bare
    /// characters.
    static byte[] bytes(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Matcher token = TOKEN.matcher(text);
        while (token.find()) {
            if (token.group(1) != null) {
                byte[] utf8 = token.group(1).getBytes(StandardCharsets.UTF_8);
                out.write(utf8.length >> 8);
                out.write(utf8.length);
                out.writeBytes(utf8);
            } else if (token.group(2) != null) {
                out.writeBytes(token.group(2).getBytes(StandardCharsets.UTF_8));
            } else {
                out.writeBytes(HexFormat.of().parseHex(token.group(3)));
            }
        }
        return out.toByteArray();
    }

    static PacketDecoder decoder(@Nullable ProtocolVersion version) {
        PacketDecoder decoder = new PacketDecoder(MAX_PACKET_SIZE);
        if (version != null) {
            decoder.version(version);
        }
        return decoder;
    }

    /// The packets of these bytes, all of which must be used up.
    static List<Packet> decodeAll(ProtocolVersion version, byte[] bytes)
            throws MalformedPacketException {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        PacketDecoder decoder = decoder(version);
        List<Packet> packets = new ArrayList<>();
        for (Packet packet; (packet = decoder.decode(in)) != null; ) {
            packets.add(packet);
        }
        assertThat(in.readableBytes()).as("bytes left").isZero();
        return packets;
    }

    static byte[] encode(Packet packet, ProtocolVersion version) {
        ByteBuf out = Unpooled.buffer();
        PacketEncoder.encode(packet, version, out);
        return ByteBufUtil.getBytes(out);
    }

    /// Everything in a packet, arrays included, so that equal packets have equal texts.
    static String canonical(@Nullable Object value) {
        return canonical(value, false);
    }

    /// The same with the properties in the order of their identifiers; those that repeat keep
    /// theirs.
    static String canonicalUnordered(@Nullable Object value) {
        return canonical(value, true);
    }

    private static String canonical(@Nullable Object value, boolean sorted) {
        return switch (value) {
            case null -> "null";
            case byte[] bytes -> "0x" + HexFormat.of().formatHex(bytes);
            case List<?> list ->
                    list.stream().map(item -> canonical(item, sorted)).toList().toString();
            case Properties properties -> canonical(properties, sorted);
            case String text -> '"' + text + '"';
            case TopicFilter filter -> "filter " + filter.text();
            case Record packet -> canonical(packet, sorted);
            default -> value.toString();
        };
    }

    private static String canonical(Properties properties, boolean sorted) {
        return IntStream.range(0, properties.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> sorted ? properties.keyAt(i).id() : 0))
                .map(i -> properties.keyAt(i) + "=" + canonical(properties.valueAt(i), sorted))
                .toList()
                .toString();
    }

    private static String canonical(Record packet, boolean sorted) {
        StringBuilder text = new StringBuilder(packet.getClass().getSimpleName()).append('(');
        try {
            for (RecordComponent component : packet.getClass().getRecordComponents()) {
                Object value = component.getAccessor().invoke(packet);
                text.append(component.getName()).append('=').append(canonical(value, sorted));
                text.append(' ');
            }
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a record that cannot be read", e);
        }
        return text.append(')').toString();
    }
}
