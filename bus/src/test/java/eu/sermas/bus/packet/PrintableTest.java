package eu.sermas.bus.packet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Foreign text in a line of ours.
class PrintableTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "città Ωμέγα 日本語", "\uD83D\uDE80 rocket"})
    void whatOnlyShowsItselfStays(String text) {
        assertThat(Printable.of(text)).isEqualTo(text);
    }

    /// C0, DEL, C1, ends of lines, marks of direction, a mark without a shape, half a character,
    /// none.
    @ParameterizedTest
    @ValueSource(
            ints = {
                0, 7, '\n', '\r', 0x1B, 0x7F, 0x85, 0x9B, 0x2028, 0x2029, 0x200F, 0x202E, 0x2066,
                0xFEFF, 0xD800, 0xDC00, 0xFFFE
            })
    void whatDoesMoreDoesNot(int unfit) {
        assertThat(Printable.of("a" + Character.toString(unfit) + "b")).isEqualTo("a?b");
    }

    @Test
    void nothingIsLong() {
        assertThat(Printable.of("x".repeat(60_000))).isEqualTo("x".repeat(64) + "...");
        assertThat(Printable.of("\uD83D\uDE80".repeat(3), 5))
                .as("no character is cut in half")
                .isEqualTo("\uD83D\uDE80\uD83D\uDE80...");
        assertThat(Printable.of(null)).isEmpty();
    }
}
