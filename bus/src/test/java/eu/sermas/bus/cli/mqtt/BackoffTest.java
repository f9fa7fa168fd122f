package eu.sermas.bus.cli.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {

    @Test
    void eachPauseIsTwiceAsLongUpToABound() {
        Backoff backoff = new Backoff(always(Long.MAX_VALUE));
        assertThat(seconds(backoff, 7)).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
    }

    @Test
    void chanceTakesUpToHalf() {
        assertThat(new Backoff(always(0)).next()).isEqualTo(Duration.ofMillis(500));
        Backoff backoff = new Backoff(new Random(1));
        List<Long> pauses = Stream.generate(() -> backoff.next().toMillis()).limit(50).toList();
        assertThat(pauses.subList(10, 50)).allMatch(millis -> millis >= 15_000 && millis <= 30_000);
        assertThat(pauses.subList(10, 50)).doesNotHaveDuplicates();
    }

    @Test
    void onlyAConnectionThatStoodForLongBeginsItAnew() {
        Backoff backoff = new Backoff(always(Long.MAX_VALUE));
        seconds(backoff, 3);
        backoff.stoodFor(Duration.ofSeconds(29));
        assertThat(seconds(backoff, 1)).containsExactly(8L);
        backoff.stoodFor(Duration.ofSeconds(30));
        assertThat(seconds(backoff, 1)).containsExactly(1L);
    }

    private static List<Long> seconds(Backoff backoff, int count) {
        return Stream.generate(() -> backoff.next().toSeconds()).limit(count).toList();
    }

    /// The number that is nearest to this one.
    private static RandomGenerator always(long wanted) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                return wanted;
            }

            @Override
            public long nextLong(long bound) {
                return Math.min(wanted, bound - 1);
            }
        };
    }
}
