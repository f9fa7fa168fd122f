package eu.sermas.bus.load;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a run has found: figures by name, whose last part is the unit, and the checks that failed.
public final class Report {

    private final Map<String, Object> figures = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();

    Report() {}

    void set(String name, String value) {
        figures.put(name, value);
    }

    void set(String name, long value) {
        figures.put(name, value);
    }

    /// Keeps three decimals.
    void set(String name, double value) {
        figures.put(name, Math.round(value * 1000) / 1000.0);
    }

    /// Sets the percentiles of a histogram in microseconds; nothing where it is empty.
    void latency(String prefix, Histogram histogram) {
        if (histogram.total() > 0) {
            set(prefix + "p50_us", histogram.quantile(0.5) / 1e3);
            set(prefix + "p99_us", histogram.quantile(0.99) / 1e3);
            set(prefix + "p999_us", histogram.quantile(0.999) / 1e3);
            set(prefix + "max_us", histogram.max() / 1e3);
        }
    }

    /// Fails the check unless the count is 0.
    void mustBeZero(String name, long count) {
        set(name, count);
        if (count != 0) {
            failures.add(name + ": " + count + " (expected: 0)");
        }
    }

    void fail(String why) {
        failures.add(why);
    }

    /// In the order in which a reader wants them; numbers, and a few words.
    public Map<String, Object> figures() {
        return Collections.unmodifiableMap(figures);
    }

    /// The checks that failed, a line each; empty where all is well.
    public List<String> failures() {
        return List.copyOf(failures);
    }

    /// A line for each figure.
    public String table() {
        int width = figures.keySet().stream().mapToInt(String::length).max().orElse(0);
        StringBuilder text = new StringBuilder();
        figures.forEach(
                (name, value) ->
                        text.append("%-".concat(width + "s  %s%n").formatted(name, shown(value))));
        return text.toString();
    }

    private static String shown(Object value) {
        return switch (value) {
            case Long number -> "%,15d".formatted(number);
            case Double number -> "%,19.3f".formatted(number);
            default -> value.toString();
        };
    }
}
