package eu.sermas.bus.systemtest.crash;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import java.time.Duration;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// SIGTERM at any moment: the end is a clean one, and the next start finds all in order.
class TermSignalIT {

    private static final int MOMENTS = Integer.getInteger("signal.moments", 5);
    private static final String READY = "ready at";

    /// 128 + SIGTERM, where the process had not got as far as to answer the signal itself.
    private static final int UNANSWERED = 143;

    @Test
    void theTermSignalEndsItWellAtAnyMomentOfTheStart() {
        long seed = Long.getLong("signal.seed", System.nanoTime());
        var random = new Random(seed);
        try (var bus = BusProcess.serve().start()) {
            long startUp = bus.startUp().toMillis();
            bus.stop();
            int printed = bus.printed().length();
            for (int i = 0; i < MOMENTS; i++) {
                boolean whenReady = i % 5 == 0;
                int from = printed;
                long moment = random.nextLong(startUp + 500);
                bus.relaunch();
                Awaitility.await("the moment")
                        .pollDelay(Duration.ofMillis(whenReady ? 1 : moment))
                        .pollInterval(Duration.ofMillis(1))
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> !whenReady || bus.printed().indexOf(READY, from) >= 0);
                bus.terminate();
                int status = bus.exitStatus();
                var output = bus.printed().substring(from);
                assertThat(status)
                        .as("-Dsignal.seed=%d, after %d ms:\n%s", seed, moment, output)
                        .isIn(0, UNANSWERED);
                assertThat(output)
                        .as("-Dsignal.seed=%d, after %d ms", seed, moment)
                        .doesNotContain("unexpected failure", "Exception", "ERROR");
                printed = bus.printed().length();
            }
            bus.start();
            bus.stop();
        }
    }
}
