package eu.sermas.bus.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Lines that are put together.
class RepeatsTest {

    private static final long SECOND = 1_000;
    private static final long DAY = 24 * 3600 * SECOND;

    private final Repeats repeats = new Repeats();

    @Test
    void theFirstIsToldAtOnceAndTheRestAfterAMinute() {
        assertThat(repeats.add("a", "k", "no", 1, 0)).isEqualTo("no");
        assertThat(repeats.add("a", "k", "no", 1, 1)).isNull();
        assertThat(repeats.add("a", "k", "no", 5, 2)).isNull();
        assertThat(repeats.add("a", "other", "not that", 3, 2)).isEqualTo("not that (3 times)");
        assertThat(repeats.sweep(59_999)).isEmpty();
        assertThat(repeats.sweep(60_000)).containsExactly("no (6 more times in 60 s)");
        assertThat(repeats.sweep(500_000)).isEmpty();
        assertThat(repeats.isEmpty()).isTrue();
        assertThat(repeats.add("a", "k", "no", 1, 500_000)).isEqualTo("no");
    }

    @Test
    void whoTriesOnceASecondWithoutAnEndMakesFewLines() {
        List<String> lines = new ArrayList<>();
        for (long now = 0; now < DAY; now += SECOND) {
            String told = repeats.add("a", "k", "no", 1, now);
            if (told != null) {
                lines.add(told);
            }
            lines.addAll(repeats.sweep(now));
        }
        assertThat(lines).hasSizeBetween(24, 32);
        assertThat(lines.getLast()).isEqualTo("no (3600 more times in 3600 s)");
    }

    @Test
    void oneSourceDoesNotTakeTheLinesOfAnother() {
        for (int i = 0; i < 1_000; i++) {
            String told = repeats.add("loud", "k" + i, "no", 1, 0);
            assertThat(told != null).isEqualTo(i < Repeats.KINDS_OF_SOURCE);
        }
        assertThat(repeats.add("quiet", "k", "no", 1, 0)).isEqualTo("no");
        assertThat(repeats.sweep(60_000)).containsExactly("980 more of other kinds");
    }

    @Test
    void allTogetherAreBounded() {
        int told = 0;
        for (int i = 0; i < 1_000; i++) {
            told += repeats.add("s" + i, "k", "no", 1, 0) == null ? 0 : 1;
        }
        assertThat(told).isEqualTo(Repeats.LINES_A_MINUTE);
        assertThat(repeats.end(1)).containsExactly("940 more of other kinds");
    }

    @Test
    void whatIsCountedIsToldInTheEnd() {
        repeats.add("a", "k", "no", 1, 0);
        repeats.add("a", "k", "no", 1, 1_000);
        assertThat(repeats.end(2_000)).containsExactly("no (1 more times in 2 s)");
    }
}
