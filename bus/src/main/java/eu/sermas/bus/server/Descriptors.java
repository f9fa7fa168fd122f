package eu.sermas.bus.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How many files and sockets this process may have open at a time. The JVM has raised its limit to
/// the hard one already, which is what Linux tells here; elsewhere nothing is known.
///
/// @param limit 0 where it is not known
record Descriptors(long limit) {

    /// What is open besides connections: records, logs, libraries, listeners.
    private static final int OTHERS = 1_024;

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern LINE = Pattern.compile("Max open files +(\\d+) .*");

    static Descriptors ofThisProcess() {
        try {
            return read(Files.readAllLines(LIMITS));
        } catch (IOException _) {
            return new Descriptors(0);
        }
    }

    static Descriptors read(List<String> limits) {
        return limits.stream()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .findFirst()
                .map(found -> new Descriptors(Long.parseLong(found.group(1))))
                .orElse(new Descriptors(0));
    }

    /// @return what is to be said where so many connections are more than there can be, or null
    @Nullable String warning(int connections) {
        long needed = (long) connections + OTHERS;
        return limit == 0 || limit >= needed
                ? null
                : "descriptor limit: %d (expected: at least %d for limits.connections %d; raise the hard limit, with LimitNOFILE of systemd, --ulimit nofile of Docker or ulimit -n, or lower limits.connections)"
                        .formatted(limit, needed, connections);
    }
}
