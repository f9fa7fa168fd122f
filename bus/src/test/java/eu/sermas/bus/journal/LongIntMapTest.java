package eu.sermas.bus.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LongIntMapTest {

    private final LongIntMap map = new LongIntMap();

    @Test
    void whatIsNotThereIsZero() {
        assertThat(map.get(7)).isZero();
        assertThat(map.add(7, 2)).isEqualTo(2);
        assertThat(map.add(7, -2)).isZero();
        assertThat(map.get(7)).isZero();
        assertThat(map.size()).isZero();
    }

    @Test
    void noKeyIsZero() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> map.add(0, 1))
                .withMessage("key: 0 (expected: another number)");
    }

    @Test
    void becomesSmallAgain() {
        long empty = map.cost();
        for (long key = 1; key <= 100_000; key++) {
            map.add(key, 1);
        }
        assertThat(map.cost()).isBetween(1_200_000L, 100_000L * 48);
        for (long key = 1; key <= 100_000; key++) {
            map.add(key, -1);
        }
        assertThat(map.cost()).isEqualTo(empty);
    }

    @Test
    void behavesAsAHashMapDoes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<Long, Integer> model = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            // Few keys and many, close to each other and apart, negative ones too.
            long key =
                    (random.nextInt(i % 2 == 0 ? 40 : 4_000) + 1) * (i % 3 == 0 ? -1L : 1L << 40);
            int amount = random.nextInt(3) - model.getOrDefault(key, 0) * random.nextInt(2);
            int expected = model.merge(key, amount, Integer::sum);
            assertThat(map.add(key, amount)).as("seed %d", seed).isEqualTo(expected);
            if (expected == 0) {
                model.remove(key);
            }
            assertThat(map.size()).as("seed %d", seed).isEqualTo(model.size());
        }
        model.forEach((key, value) -> assertThat(map.get(key)).isEqualTo(value));
    }
}
