package eu.sermas.bus.codec;

import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What must hold for any bytes from the network: the decoder gives packets, or null, or a
/// [MalformedPacketException], and nothing else; a packet can be encoded again, in no more bytes,
/// and comes back equal; and what is there so far changes nothing of what comes out in the end.
public final class PacketFuzzTarget {

    private static final int MAX_PACKET_SIZE = 65_536;

    private PacketFuzzTarget() {}

    /// @param data the version by which to begin, then the bytes of a connection
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        PacketDecoder decoder = new PacketDecoder(MAX_PACKET_SIZE);
        ProtocolVersion given = version(data[0]);
        if (given != null) {
            decoder.version(given);
        }
        ByteBuf in = Unpooled.wrappedBuffer(data, 1, data.length - 1);
        try {
            int start = in.readerIndex();
            for (Packet packet; (packet = decoder.decode(in)) != null; ) {
                ProtocolVersion spoken = Objects.requireNonNull(decoder.version());
                checkAgain(packet, spoken, in.slice(start, in.readerIndex() - start));
                start = in.readerIndex();
            }
        } catch (MalformedPacketException e) {
            checkMessage(e);
        }
    }

    private static void checkAgain(Packet packet, ProtocolVersion version, ByteBuf original)
            throws MalformedPacketException {
        byte[] encoded = Wire.encode(packet, version);
        check(encoded.length <= original.readableBytes(), "encoded longer than it came");
        check(encoded.length == PacketEncoder.encodedSize(packet, version), "encodedSize");
        PacketDecoder decoder = Wire.decoder(version);
        for (int cut : new int[] {1, encoded.length / 2, encoded.length - 1}) {
            ByteBuf part = Unpooled.wrappedBuffer(encoded, 0, cut);
            check(decoder.decode(part) == null, "a packet of too few bytes");
            check(part.readerIndex() == 0, "bytes consumed without a packet");
        }
        Packet again = decoder.decode(Unpooled.wrappedBuffer(encoded));
        // MQTT 3.1 cannot say that a session was found.
        boolean lossy = version == ProtocolVersion.MQTT_3_1 && packet instanceof ConnAck;
        check(
                lossy || Wire.canonical(again).equals(Wire.canonical(packet)),
                packet + " came back as " + again + " by " + Arrays.toString(encoded));
    }

    private static void checkMessage(MalformedPacketException e) {
        String message = Objects.requireNonNull(e.getMessage());
        check(!message.isEmpty() && message.length() < 400, "message");
        check(message.chars().noneMatch(Character::isISOControl), "control character in message");
        check(e.reasonCode().isError(), "reason code");
    }

    private static @Nullable ProtocolVersion version(byte first) {
        return ProtocolVersion.ofLevel(3 + (first & 0x03));
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
