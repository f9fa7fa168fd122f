package eu.sermas.bus.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    @Test
    void unmasksAsInTheExampleOfTheRfc() {
        ByteBuf in = bytes("82 85 37fa213d 7f9f4d5158");

        assertThat(new FrameDecoder(true).decode(in, 0)).isZero();

        assertThat(in.toString(UTF_8)).isEqualTo("Hello");
    }

    /// RFC 6455 sections 5.1, 5.2, 5.4, 5.5 and 7.4; each behind a frame of two bytes.
    @ParameterizedTest
    @CsvSource({
        "82 02 c000, 1002, not masked",
        "c2 80 00000000, 1002, reserved bit",
        "83 80 00000000, 1002, reserved opcode",
        "8b 80 00000000, 1002, reserved control opcode",
        "80 80 00000000, 1002, continues nothing",
        "02 80 00000000 82 80 00000000, 1002, message within a message",
        "81 80 00000000, 1003, text",
        "01 80 00000000, 1003, first part of a text",
        "09 80 00000000, 1002, ping in parts",
        "89 fe 007e, 1002, long ping",
        "82 fe 007d 00000000, 1002, two bytes for a length of one",
        "82 ff 000000000000ffff 00000000, 1002, eight bytes for a length of two",
        "82 ff 8000000000000000 00000000, 1002, negative length",
        "88 80 00000000, 1000, close without a status",
        "88 82 00000000 03e8, 1000, close",
        "88 82 00000000 03e9, 1001, going away",
        "88 82 00000000 0fa0, 4000, application's own status",
        "88 87 00000000 03f3 6265636175, 1011, close with a reason",
        "88 81 00000000 03, 1002, half a status",
        "88 82 00000000 03ed, 1002, status that is never sent",
        "88 82 00000000 07d0, 1002, status of nobody"
    })
    void tellsHowToClose(String frames, int status, String what) {
        FrameDecoder decoder = new FrameDecoder(true);
        ByteBuf in = bytes("82 82 01010101 c101" + frames + "82 80 00000000");

        assertThat(decoder.decode(in, 0)).as(what).isEqualTo(status);

        assertThat(ByteBufUtil.hexDump(in)).as("what came before").isEqualTo("c000");
        ByteBuf more = bytes("82 82 00000000 c000");
        assertThat(decoder.decode(more, 0)).isEqualTo(status);
        assertThat(more.isReadable()).as("read after the end").isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"82 02 c000", "02 01 c0 80 01 00", "8a 00 82 02 c000"})
    void takesFramesOfAServer(String frames) {
        ByteBuf in = bytes(frames);

        assertThat(new FrameDecoder(false).decode(in, 0)).isZero();

        assertThat(ByteBufUtil.hexDump(in)).isEqualTo("c000");
    }

    @Test
    void refusesMaskedFramesOfAServer() {
        assertThat(new FrameDecoder(false).decode(bytes("82 80 00000000"), 0)).isEqualTo(1002);
    }

    @Test
    void keepsTheLastPing() {
        FrameDecoder decoder = new FrameDecoder(true);
        decoder.decode(bytes("89 81 00000000 61 89 81 00000000 62"), 0);

        assertThat(decoder.takePing()).asString(UTF_8).isEqualTo("b");
        assertThat(decoder.takePing()).isNull();
    }

    /// Any bytes, in frames, parts and reads of any length, with control frames anywhere.
    @RepeatedTest(200)
    void findsTheContentHoweverItIsCut(RepetitionInfo repetition) {
        int seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        byte[] content = new byte[random.nextInt(200_000)];
        random.nextBytes(content);
        byte[] frames = framed(content, random);
        FrameDecoder decoder = new FrameDecoder(true);
        ByteArrayOutputStream found = new ByteArrayOutputStream();
        int longest = 1 + random.nextInt(1 << random.nextInt(1, 18));

        for (int at = 0; at < frames.length; ) {
            int length = Math.min(frames.length - at, 1 + random.nextInt(longest));
            int before = random.nextInt(5); // what an earlier read has left
            ByteBuf in = Unpooled.buffer(before + length);
            in.writeZero(before).writeBytes(frames, at, length).readerIndex(before);
            assertThat(decoder.decode(in, before)).as("seed %d", seed).isZero();
            found.writeBytes(ByteBufUtil.getBytes(in));
            at += length;
        }

        assertThat(found.toByteArray()).as("seed %d", seed).isEqualTo(content);
    }

    private static byte[] framed(byte[] content, Random random) {
        ByteBuf out = Unpooled.buffer();
        int longest = 1 + random.nextInt(1 << random.nextInt(1, 18));
        boolean continues = false;
        for (int at = 0; at < content.length; ) {
            if (random.nextInt(4) == 0) {
                int opcode = random.nextBoolean() ? FrameDecoder.PING : FrameDecoder.PONG;
                write(out, 0x80 | opcode, new byte[random.nextInt(126)], random);
            }
            int length = Math.min(content.length - at, random.nextInt(longest + 1));
            boolean last = random.nextBoolean() || at + length == content.length;
            byte[] part = new byte[length];
            System.arraycopy(content, at, part, 0, length);
            int opcode = continues ? 0 : FrameDecoder.BINARY;
            write(out, (last ? 0x80 : 0) | opcode, part, random);
            continues = !last;
            at += length;
        }
        return ByteBufUtil.getBytes(out);
    }

    private static void write(ByteBuf out, int first, byte[] content, Random random) {
        out.writeByte(first);
        if (content.length < 126) {
            out.writeByte(0x80 | content.length);
        } else if (content.length <= 0xFFFF) {
            out.writeByte(0x80 | 126).writeShort(content.length);
        } else {
            out.writeByte(0x80 | 127).writeLong(content.length);
        }
        byte[] mask = new byte[4];
        if (random.nextInt(4) > 0) {
            random.nextBytes(mask);
        }
        out.writeBytes(mask);
        for (int i = 0; i < content.length; i++) {
            out.writeByte(content[i] ^ mask[i % 4]);
        }
    }
}
