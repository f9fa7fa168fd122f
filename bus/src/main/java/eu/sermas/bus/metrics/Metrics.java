package eu.sermas.bus.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/// The counters of one broker. Counting is one add to a striped long, so that many loops may do it
/// for every message; reading sums up.
public final class Metrics {

    private static final String PREFIX = "sermas.bus.";

    private static final int MAX_APPS = 1_000;
    private static final String FURTHER_APPS = "others";

    private final Map<String, LongAdder> overflowed = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> quotasReached = new ConcurrentHashMap<>();
    private final Faults faults = new Faults(this);
    private final LongAdder[] counters = new LongAdder[Count.values().length];
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    public Metrics() {
        for (Count count : Count.values()) {
            LongAdder adder = new LongAdder();
            counters[count.ordinal()] = adder;
            FunctionCounter.builder(PREFIX + count.metricName(), adder, LongAdder::sum)
                    .description(count.description())
                    .register(registry);
        }
    }

    public Faults faults() {
        return faults;
    }

    public void increment(Count count) {
        counters[count.ordinal()].increment();
    }

    public void add(Count count, long amount) {
        counters[count.ordinal()].add(amount);
    }

    public long value(Count count) {
        return counters[count.ordinal()].sum();
    }

    /// Full queues let go of messages of this app, or did not take them. An app whose messages are
    /// not below `app/` is the empty one; beyond so many apps all further ones count as one.
    public void overflowed(String app, int messages) {
        String label =
                overflowed.containsKey(app) || overflowed.size() < MAX_APPS ? app : FURTHER_APPS;
        overflowed.computeIfAbsent(label, this::registerOverflowed).add(messages);
    }

    private LongAdder registerOverflowed(String app) {
        LongAdder adder = new LongAdder();
        FunctionCounter.builder(PREFIX + "queue.overflowed", adder, LongAdder::sum)
                .description("messages that full queues let go of or did not take")
                .tag("app", app)
                .register(registry);
        return adder;
    }

    /// An app has reached one of its quotas. Beyond so many apps all further ones count as one.
    ///
    /// @param quota which, one of a few names
    public void quotaReached(String app, String quota) {
        String label =
                quotasReached.containsKey(app + " " + quota) || quotasReached.size() < MAX_APPS
                        ? app
                        : FURTHER_APPS;
        quotasReached
                .computeIfAbsent(
                        label + " " + quota,
                        _ -> {
                            LongAdder adder = new LongAdder();
                            FunctionCounter.builder(PREFIX + "quota.reached", adder, LongAdder::sum)
                                    .description(
                                            "times that something was over the quota of an app")
                                    .tag("app", label)
                                    .tag("quota", quota)
                                    .register(registry);
                            return adder;
                        })
                .increment();
    }

    /// Registers a value that is read when somebody asks, such as the number of sessions.
    public void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(PREFIX + name, value).description(description).register(registry);
    }

    /// For the keys of an external issuer.
    ///
    /// @param name its name in the configuration
    public IssuerMetrics issuer(String name) {
        return new IssuerMetrics(registry, PREFIX, name);
    }

    /// Everything in Prometheus's text format.
    public String scrape() {
        return registry.scrape();
    }
}
