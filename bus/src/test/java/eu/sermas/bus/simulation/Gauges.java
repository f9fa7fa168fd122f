package eu.sermas.bus.simulation;

import eu.sermas.bus.metrics.Metrics;

/// What the metrics show.
public final class Gauges {

    private Gauges() {}

    /// The number of a gauge without labels, for example of `held_bytes`.
    public static long read(Metrics metrics, String name) {
        return metrics.scrape()
                .lines()
                .filter(line -> line.startsWith("sermas_bus_" + name + " "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
                .findFirst()
                .orElseThrow();
    }
}
