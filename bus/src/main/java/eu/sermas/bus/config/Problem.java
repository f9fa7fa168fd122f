package eu.sermas.bus.config;

import org.jspecify.annotations.Nullable;

/// One thing that is wrong in a configuration.
///
/// @param path where: a key such as `limits.packet-size` or `apps[0].modules[1].moduleId`
/// @param value what was found, masked where it is a secret
/// @param expected what would have been right
/// @param source the environment variable or the option it came from, or null for the file
public record Problem(String path, String value, String expected, @Nullable String source) {

    private static final int LONGEST = 120;

    public Problem {
        if (value.isBlank()) {
            value = "nothing";
        } else if (value.length() > LONGEST) {
            value = value.substring(0, LONGEST) + "...";
        }
    }

    @Override
    public String toString() {
        String line = path + ": " + value + " (expected: " + expected + ")";
        return source == null ? line : line + " from " + source;
    }
}
