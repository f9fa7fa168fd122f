package eu.sermas.bus.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LedgerTest {

    /// What comes, of ten messages; then what is missing, doubled and late.
    static Stream<Arguments> sequences() {
        return Stream.of(
                Arguments.of("all", List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), 0, 0, 0),
                Arguments.of("nothing", List.of(), 10, 0, 0),
                Arguments.of("the last are lost", List.of(0, 1, 2, 3, 4, 5, 6, 7), 2, 0, 0),
                Arguments.of("the first are lost", List.of(2, 3, 4, 5, 6, 7, 8, 9), 2, 0, 0),
                Arguments.of(
                        "one in the middle is lost", List.of(0, 1, 3, 4, 5, 6, 7, 8, 9), 1, 0, 0),
                Arguments.of("two swapped", List.of(0, 2, 1, 3, 4, 5, 6, 7, 8, 9), 0, 0, 1),
                Arguments.of("one twice", List.of(0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9), 0, 1, 0),
                Arguments.of("all twice", List.of(0, 1, 0, 1), 8, 2, 0),
                Arguments.of("a late one twice", List.of(0, 4, 2, 2), 7, 1, 1),
                Arguments.of("backwards", List.of(9, 8, 7, 6, 5, 4, 3, 2, 1, 0), 0, 0, 9),
                Arguments.of("a gap from its ends inwards", List.of(9, 0, 8, 1, 7, 2), 4, 0, 5));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sequences")
    void countsWhatIsWrong(
            String name, List<Integer> came, long missing, long duplicates, long late) {
        Ledger ledger = new Ledger(7, 1);
        came.forEach(sequence -> ledger.record(7, sequence));

        assertThat(ledger.missing(7, 10)).as("missing").isEqualTo(missing);
        assertThat(ledger.duplicates()).as("duplicates").isEqualTo(duplicates);
        assertThat(ledger.late()).as("late").isEqualTo(late);
    }

    @Test
    void keepsPublishersApart() {
        Ledger ledger = new Ledger(0, 2);
        assertThat(ledger.record(0, 0)).isTrue();
        assertThat(ledger.record(1, 0)).isTrue();
        assertThat(ledger.record(1, 0)).isFalse();

        assertThat(ledger.expects(1)).isTrue();
        assertThat(ledger.expects(2)).isFalse();
        assertThat(ledger.expects(-1)).isFalse();
        assertThat(ledger.duplicates()).isEqualTo(1);
    }

    /// The ranges agree with a plain set of numbers.
    @Test
    void agreesWithASetOnWhateverComes() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        Ledger ledger = new Ledger(0, 1);
        Set<Long> seen = new HashSet<>();
        long duplicates = 0;
        for (int i = 0; i < 20_000; i++) {
            long sequence = Math.max(0, i / 2 + random.nextInt(-50, 50));
            boolean isNew = seen.add(sequence);
            duplicates += isNew ? 0 : 1;
            assertThat(ledger.record(0, sequence)).as("seed %d, %d", seed, i).isEqualTo(isNew);
        }
        List<Long> absent = new ArrayList<>(LongStream.range(0, 12_000).boxed().toList());
        absent.removeAll(seen);
        assertThat(ledger.missing(0, 12_000)).as("seed %d", seed).isEqualTo(absent.size());
        assertThat(ledger.duplicates()).as("seed %d", seed).isEqualTo(duplicates);
    }
}
