package eu.sermas.bus.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.Publish;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Every row of [PacketTable] read, written, and cut at every place.
class PacketTableTest {

    private static final String ROWS = "eu.sermas.bus.codec.PacketTable#rows";

    @ParameterizedTest
    @MethodSource(ROWS)
    void decodes(PacketTable row) throws Exception {
        assertThat(Wire.decodeAll(row.version(), Wire.bytes(row.wire())))
                .map(Wire::canonical)
                .containsExactly(Wire.canonical(row.packet()));
    }

    @ParameterizedTest
    @MethodSource(ROWS)
    void decodesFromDirectMemory(PacketTable row) throws Exception {
        ByteBuf in = PooledByteBufAllocator.DEFAULT.directBuffer();
        try {
            in.writeByte(0).readByte(); // so that the packet does not begin at 0
            in.writeBytes(Wire.bytes(row.wire()));
            Packet packet = Wire.decoder(row.version()).decode(in);
            assertThat(Wire.canonical(packet)).isEqualTo(Wire.canonical(row.packet()));
            assertThat(in.readableBytes()).isZero();
        } finally {
            in.release();
        }
    }

    @ParameterizedTest
    @MethodSource(ROWS)
    void encodes(PacketTable row) {
        byte[] expected = Wire.bytes(row.wire());
        assertThat(Wire.encode(row.packet(), row.version())).isEqualTo(expected);
        assertThat(PacketEncoder.encodedSize(row.packet(), row.version()))
                .isEqualTo(expected.length);
    }

    @ParameterizedTest
    @MethodSource(ROWS)
    void givesNothingAndConsumesNothingBeforeTheLastByte(PacketTable row) throws Exception {
        byte[] bytes = Wire.bytes(row.wire());
        for (int length = 0; length < bytes.length; length++) {
            ByteBuf in = Unpooled.wrappedBuffer(bytes, 0, length);
            assertThat(Wire.decoder(row.version()).decode(in)).isNull();
            assertThat(in.readerIndex()).isZero();
        }
    }

    /// A packet that goes on behind its last field is malformed; only a payload may be longer.
    @ParameterizedTest
    @MethodSource(ROWS)
    void oneByteTooManyIsRefused(PacketTable row) throws Exception {
        byte[] bytes = Wire.bytes(row.wire());
        if (bytes[1] < 0 || bytes[1] == 127 || row.packet() instanceof Publish) {
            return;
        }
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        longer[1]++;
        longer[bytes.length] = (byte) 0xFE;
        assertThatExceptionOfType(MalformedPacketException.class)
                .isThrownBy(() -> Wire.decodeAll(row.version(), longer));
    }

    @ParameterizedTest
    @EnumSource
    void aStreamInPiecesGivesTheSamePackets(ProtocolVersion version) throws Exception {
        ByteBuf stream = Unpooled.buffer();
        List<String> expected = new ArrayList<>();
        PacketTable.rows()
                .filter(row -> row.version() == version)
                .forEach(
                        row -> {
                            stream.writeBytes(Wire.bytes(row.wire()));
                            expected.add(Wire.canonical(row.packet()));
                        });
        RandomPackets random = new RandomPackets(new Random(version.level()), version);
        for (int i = 0; i < 20; i++) {
            Packet packet = random.next();
            PacketEncoder.encode(packet, version, stream);
            expected.add(Wire.canonical(packet));
        }
        byte[] bytes = ByteBufUtil.getBytes(stream);
        assertThat(decode(version, bytes, 1)).as("byte by byte").isEqualTo(expected);
        for (int split = 0; split <= bytes.length; split += 1 + split / 500) {
            assertThat(decode(version, bytes, Math.max(1, split)))
                    .as("in pieces of %d bytes", split)
                    .isEqualTo(expected);
        }
    }

    private static List<String> decode(ProtocolVersion version, byte[] bytes, int piece)
            throws MalformedPacketException {
        PacketDecoder decoder = Wire.decoder(version);
        ByteBuf in = Unpooled.buffer();
        List<String> packets = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += piece) {
            in.writeBytes(bytes, at, Math.min(piece, bytes.length - at));
            for (Packet packet; (packet = decoder.decode(in)) != null; ) {
                packets.add(Wire.canonical(packet));
            }
            in.discardSomeReadBytes();
        }
        assertThat(in.readableBytes()).isZero();
        return packets;
    }

    @ParameterizedTest
    @MethodSource(ROWS)
    void goesOnWhereThePacketWasCut(PacketTable row) throws Exception {
        byte[] bytes = Wire.bytes(row.wire());
        for (int cut = 1; cut < bytes.length; cut++) {
            PacketDecoder decoder = Wire.decoder(row.version());
            ByteBuf in = Unpooled.buffer().writeBytes(bytes, 0, cut);
            assertThat(decoder.decode(in)).isNull();
            in.writeBytes(bytes, cut, bytes.length - cut);
            assertThat(Wire.canonical(decoder.decode(in))).isEqualTo(Wire.canonical(row.packet()));
        }
    }
}
