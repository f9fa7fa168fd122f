package eu.sermas.bus.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistogramTest {

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 127, 128, 255, 256, 257, 1000, 999_999, 3_600_000_000_000L})
    void keepsAValueWithinOnePercent(long nanos) {
        Histogram histogram = new Histogram();
        histogram.record(nanos);
        histogram.record(Long.MAX_VALUE); // so that the largest does not stand in for the value

        assertThat((double) histogram.quantile(0.5))
                .isCloseTo((double) nanos, within(nanos * 0.008));
        assertThat(histogram.max()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void percentilesAreThoseOfTheSortedValues() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        long[] values = random.longs(10_000, 1, 50_000_000).toArray();
        Histogram first = new Histogram();
        Histogram second = new Histogram();
        for (int i = 0; i < values.length; i++) {
            (i % 3 == 0 ? first : second).record(values[i]);
        }
        first.add(second);
        Arrays.sort(values);
        for (double share : new double[] {0.001, 0.5, 0.99, 0.999, 1}) {
            long exact = values[(int) Math.ceil(share * values.length) - 1];
            assertThat((double) first.quantile(share))
                    .as("seed %d, %s", seed, share)
                    .isCloseTo((double) exact, within(exact * 0.008));
        }
        assertThat(first.total()).isEqualTo(values.length);
    }

    @Test
    void nothingHasNoLatency() {
        Histogram histogram = new Histogram();
        histogram.record(-5);
        assertThat(histogram.quantile(1)).isZero();
        histogram.clear();
        assertThat(histogram.total()).isZero();
        assertThat(histogram.quantile(0.99)).isZero();
    }
}
