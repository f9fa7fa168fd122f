package eu.sermas.bus.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The strict decoder of the JDK, which also refuses surrogates and overlong forms, says what is
/// well-formed; U+0000 is refused besides.
class Utf8Test {

    private final CharsetDecoder jdk = StandardCharsets.UTF_8.newDecoder();
    private final CharBuffer characters = CharBuffer.allocate(64);

    @Test
    void agreesOnEverySequenceOfThreeBytes() {
        byte[] bytes = new byte[3];
        for (int i = 0; i < 1 << 24; i++) {
            bytes[0] = (byte) (i >> 16);
            bytes[1] = (byte) (i >> 8);
            bytes[2] = (byte) i;
            if (bytes[0] > 0 && bytes[0] != 'a') {
                continue; // one ASCII character says it for all
            }
            compare(bytes);
        }
    }

    @Test
    void agreesOnFourBytesAtTheBoundsOfTheirRanges() {
        int[] bounds = {0x01, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xEF, 0xFF};
        byte[] bytes = new byte[4];
        for (int lead = 0xC0; lead <= 0xFF; lead++) {
            bytes[0] = (byte) lead;
            for (int second : bounds) {
                bytes[1] = (byte) second;
                for (int third : bounds) {
                    bytes[2] = (byte) third;
                    for (int fourth : bounds) {
                        bytes[3] = (byte) fourth;
                        compare(bytes);
                    }
                }
            }
        }
    }

    @Test
    void findsAMistakeAtEveryPlaceOfALongText() {
        for (int at = 0; at < 40; at++) {
            for (byte wrong : new byte[] {0, (byte) 0x80, (byte) 0xFF}) {
                byte[] bytes =
                        "abcdefghijklmnopqrstuvwxyzabcdefghijklmn".getBytes(StandardCharsets.UTF_8);
                bytes[at] = wrong;
                assertThat(Utf8.firstError(bytes, 0, bytes.length)).isEqualTo(at);
                assertThat(Utf8.firstError(bytes, at + 1, bytes.length)).isEqualTo(-1);
                assertThat(Utf8.firstError(bytes, 0, at)).isEqualTo(-1);
            }
        }
    }

    @Test
    void agreesOnRandomText() {
        Random random = new Random(11);
        for (int i = 0; i < 200_000; i++) {
            String text =
                    random.ints(10, 0, 0x11_0000)
                            .mapToObj(Character::toString)
                            .reduce("", String::concat);
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            if (random.nextBoolean()) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            compare(bytes);
        }
    }

    private void compare(byte[] bytes) {
        CoderResult result = jdk.reset().decode(ByteBuffer.wrap(bytes), characters.clear(), true);
        boolean valid = !result.isError() && characters.flip().chars().noneMatch(c -> c == 0);
        boolean accepted = Utf8.firstError(bytes, 0, bytes.length) < 0;
        if (accepted != valid) {
            assertThat(accepted).as("%s", HexFormat.of().formatHex(bytes)).isEqualTo(valid);
        }
    }
}
