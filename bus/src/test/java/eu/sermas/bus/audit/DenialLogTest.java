package eu.sermas.bus.audit;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.Denial;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.budget.Shares;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DenialLogTest {

    private static final long WINDOW = DenialLog.WINDOW_MILLIS;

    private final Shares shares = new Shares(16 << 20, 2);
    private final DenialLog log = new DenialLog(shares);

    @Test
    void theFirstIsToldAtOnceAndTheRestTogether() {
        Denied first = log.add(denial("a", "x", 1), 1_000);
        assertThat(first).isNotNull();
        assertThat(Objects.requireNonNull(first).count()).isEqualTo(1);
        assertThat(log.add(denial("a", "x", 3), 1_500)).isNull();
        assertThat(log.add(denial("a", "x", 1), 2_000)).isNull();
        assertThat(log.sweep(1_000 + WINDOW - 1)).isEmpty();
        Denied rest = log.sweep(1_000 + WINDOW).getFirst();
        assertThat(rest.count()).isEqualTo(4);
        assertThat(rest.since()).isEqualTo("1970-01-01T00:00:01.500Z");
        assertThat(rest.ts()).isEqualTo("1970-01-01T00:00:02Z");
        assertThat(log.recent("a")).containsExactly(first, rest);
    }

    @Test
    void whatDoesNotComeAgainIsForgotten() {
        log.add(denial("a", "x", 1), 0);
        assertThat(log.isOpen()).isTrue();
        assertThat(log.sweep(WINDOW)).isEmpty();
        assertThat(log.isOpen()).isFalse();
        assertThat(log.add(denial("a", "x", 1), WINDOW + 1)).isNotNull();
    }

    @Test
    void anAppThatDrownsInRefusalsDrownsAlone() {
        for (int i = 0; i < DenialLog.MAX_KINDS + 50; i++) {
            log.add(denial("noisy", "reason " + i, 1), 0);
        }
        assertThat(log.recent("noisy")).hasSize(DenialLog.MAX_KINDS);
        assertThat(log.omitted("noisy")).isEqualTo(50);
        assertThat(log.add(denial("quiet", "x", 1), 0)).isNotNull();
        assertThat(log.omitted("quiet")).isZero();
    }

    @Test
    void onlyTheLatestAreKept() {
        for (int i = 0; i < DenialLog.MAX_RECENT + 5; i++) {
            log.add(denial("a", "reason " + i, 1), i * WINDOW);
            log.sweep((i + 1) * WINDOW);
        }
        assertThat(log.recent("a")).hasSize(DenialLog.MAX_RECENT);
        assertThat(log.recent("a").getFirst().reason()).isEqualTo("reason 5");
    }

    @Test
    void theNumberOfAppsIsBounded() {
        for (int i = 0; i < DenialLog.MAX_APPS + 1; i++) {
            log.add(denial("app" + i, "x", 1), 0);
        }
        assertThat(log.recent("app0")).isEmpty();
        assertThat(log.recent("app" + DenialLog.MAX_APPS)).hasSize(1);
    }

    @Test
    void anAppHasItsShareOfTheBytesHoweverMuchOthersHave() {
        DenialLog small = new DenialLog(new Shares(200_000, 3));
        for (int i = 0; i < DenialLog.MAX_KINDS; i++) {
            small.add(denial("greedy", i + "x".repeat(5_000), 1), 0);
            small.add(denial("greedier", i + "x".repeat(5_000), 1), 0);
        }
        assertThat(small.recent("greedier")).hasSizeLessThan(DenialLog.MAX_KINDS);
        assertThat(small.omitted("greedier")).isPositive();
        for (int i = 0; i < 10; i++) {
            assertThat(small.add(denial("modest", "reason " + i, 1), 0)).isNotNull();
        }
        assertThat(small.recent("modest")).hasSize(10);
    }

    @Test
    void whatIsForgottenIsGivenBack() {
        for (int i = 0; i < 3 * DenialLog.MAX_RECENT; i++) {
            log.add(denial("a", "reason " + i, 1), i * WINDOW);
            log.add(denial("a", "reason " + i, 1), i * WINDOW);
            log.sweep((i + 1) * WINDOW);
        }
        assertThat(shares.used()).isPositive();
        log.forget("a");
        assertThat(shares.used()).isZero();
        assertThat(shares.owners()).isZero();
    }

    @Test
    void whatIsOfNoAppIsKeptApart() {
        Denied told = Objects.requireNonNull(log.add(denial(null, "token: expired", 1), 0));
        assertThat(told.appId()).isNull();
        assertThat(log.recent("")).isEqualTo(List.of(told));
    }

    private static Denial denial(@Nullable String appId, String reason, int count) {
        return new Denial(
                Denial.Action.PUBLISH,
                appId,
                "client:a/c",
                "mqtt-1",
                "app/a/ui/status",
                Rule.MISSING_GRANT,
                reason,
                count);
    }
}
