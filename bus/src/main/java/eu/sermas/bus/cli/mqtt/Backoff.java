package eu.sermas.bus.cli.mqtt;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before each new attempt: twice as long each time, up to [#LONGEST], and by
/// chance between half and all of that, so that those who were sent away together do not come back
/// together.
final class Backoff {

    static final Duration SHORTEST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofSeconds(30);

    private final RandomGenerator random;
    private Duration bound = SHORTEST;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    Duration next() {
        long half = bound.toMillis() / 2;
        Duration pause = Duration.ofMillis(half + random.nextLong(half + 1));
        bound = bound.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : bound.multipliedBy(2);
        return pause;
    }

    /// After a connection that has stood for this long the next failure is a first one.
    void stoodFor(Duration time) {
        if (time.compareTo(LONGEST) >= 0) {
            bound = SHORTEST;
        }
    }
}
