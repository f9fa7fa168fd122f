package eu.sermas.bus.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.DoubleSupplier;

/// What is counted of the keys of one external issuer, under its name in the configuration.
public final class IssuerMetrics {

    private static final String ISSUER = "issuer";

    private final MeterRegistry registry;
    private final String issuer;
    private final String age;
    private final Counter fetched;
    private final Counter failed;
    private final Counter unreadable;

    IssuerMetrics(MeterRegistry registry, String prefix, String issuer) {
        this.registry = registry;
        this.issuer = issuer;
        this.age = prefix + "issuer.keys.age.seconds";
        this.fetched =
                Counter.builder(prefix + "issuer.keys.fetched")
                        .description("times that the keys of an external issuer were fetched")
                        .tag(ISSUER, issuer)
                        .register(registry);
        this.failed =
                Counter.builder(prefix + "issuer.keys.failed")
                        .description("times that they could not be fetched")
                        .tag(ISSUER, issuer)
                        .register(registry);
        this.unreadable =
                Counter.builder(prefix + "issuer.keys.unreadable")
                        .description("keys that were fetched and cannot be read, each time")
                        .tag(ISSUER, issuer)
                        .register(registry);
    }

    /// @param skipped keys among them that cannot be read
    public void fetched(int skipped) {
        fetched.increment();
        unreadable.increment(skipped);
    }

    public void failed() {
        failed.increment();
    }

    /// @param seconds since the keys were fetched, or not a number where they never were
    public void keyAge(DoubleSupplier seconds) {
        Gauge.builder(age, seconds, DoubleSupplier::getAsDouble)
                .description("seconds since the keys of an external issuer were fetched")
                .tag(ISSUER, issuer)
                .strongReference(true)
                .register(registry);
    }
}
