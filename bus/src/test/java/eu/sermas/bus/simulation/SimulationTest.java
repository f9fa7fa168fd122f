package eu.sermas.bus.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Random sequences of what clients do, of lost connections, takeovers, slow readers, late
/// verdicts, failing disks, killed processes and jumps of the clock, against the whole broker on
/// simulated loops, checked by the [Ledger]. A [Profile] says what is frequent in a world.
///
/// - `-Dsimulation.steps=N`: how many steps in all, 200,000 by default
/// - `-Dsimulation.profile=NAME,NAME`: worlds of these kinds alone
/// - `-Dsimulation.seed=N`: repeats the round with this seed alone, as a failure prints it, and
///   tells what happens
/// - `-Dsimulation.survey=true`: does not end at the first failure, but counts them by kind, with
///   the first seed of each; seeds begin at 1
@Timeout(value = 3, unit = TimeUnit.HOURS) // a soak takes its time
class SimulationTest {

    private static final int STEPS = Integer.getInteger("simulation.steps", 200_000);
    private static final Set<String> ONLY =
            Set.of(System.getProperty("simulation.profile", "").split(","));
    private static final boolean IS_SURVEY = Boolean.getBoolean("simulation.survey");

    @ParameterizedTest
    @EnumSource
    void everyPromiseIsKept(Profile profile) {
        assumeTrue(ONLY.contains("") || ONLY.contains(profile.name()));
        Long seed = Long.getLong("simulation.seed");
        if (seed != null) {
            round(profile, seed).play();
        } else if (IS_SURVEY) {
            new Survey(profile).run();
        } else {
            long first = System.nanoTime();
            int checked = 0;
            for (int i = 0; i < rounds(); i++) {
                Round round = round(profile, first + i);
                round.play();
                checked += round.checked();
            }
            assertThat(checked).as("promises that were checked").isGreaterThan(rounds() / 2);
        }
    }

    /// Rounds in which faults were found that most others pass by.
    @ParameterizedTest
    @CsvSource({
        "FAILING_DISK_KILLED,65",
        "FAILING_DISK_KILLED,1943",
        "FAILING_DISK_KILLED,3331",
        "FAILING_DISK_KILLED,37789011306008",
        "WILLS,29326805504341",
        "WILLS,34210251720828",
    })
    void aFaultThatWasFoundStaysMended(Profile profile, long seed) {
        round(profile, seed).play();
    }

    private static int rounds() {
        int profiles = ONLY.contains("") ? Profile.values().length : ONLY.size();
        return Math.max(1, STEPS / profiles / Round.STEPS);
    }

    private static Round round(Profile profile, long seed) {
        return new Round(
                profile.traits(),
                seed,
                "repeat with -Dsimulation.profile=" + profile + " -Dsimulation.seed=" + seed);
    }

    /// How often which promise is broken.
    private static final class Survey {

        private final Profile profile;
        private final Map<String, Integer> failures = new TreeMap<>();
        private final Map<String, String> firsts = new TreeMap<>();
        private int checked;

        Survey(Profile profile) {
            this.profile = profile;
        }

        void run() {
            for (int seed = 1; seed <= rounds(); seed++) {
                Round round = round(profile, seed);
                try {
                    round.play();
                } catch (BrokenPromise broken) {
                    long steps = (seed - 1L) * Round.STEPS + round.steps();
                    failures.merge(broken.kind(), 1, Integer::sum);
                    firsts.putIfAbsent(
                            broken.kind(), "after %d steps: %s".formatted(steps, broken));
                }
                checked += round.checked();
            }
            System.out.printf("%s: %d rounds, %d promises checked%n", profile, rounds(), checked);
            failures.forEach(
                    (kind, times) ->
                            System.out.printf("  %d: %s%n    %s%n", times, kind, firsts.get(kind)));
        }
    }
}
