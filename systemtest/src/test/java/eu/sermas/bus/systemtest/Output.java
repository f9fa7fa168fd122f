package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Everything that a bus has printed, and what must never be found in it.
final class Output {

    private static final Pattern STACK_TRACE =
            Pattern.compile("^\\s+at [\\w.$/@]+\\(.*\\)|^Exception in thread|^Caused by: ");
    private static final Pattern TOKEN =
            Pattern.compile("eyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}");

    private final Path file;
    private final Set<String> secrets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger seen = new AtomicInteger();

    Output(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    /// Names a secret that the bus was given and must not print.
    void mustNotHold(String secret) {
        secrets.add(secret);
    }

    String text() {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> lines() {
        return text().lines().toList();
    }

    /// The first group of the first match.
    String find(String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text());
        assertThat(matcher.find()).as("%s in\n%s", pattern, text()).isTrue();
        return matcher.group(1);
    }

    /// No stack trace, no token and none of the secrets, in anything.
    void assertClean() {
        assertClean(lines());
    }

    /// The same of what has been printed since the last time.
    void assertNewIsClean() {
        var lines = lines();
        var first = seen.getAndSet(lines.size());
        assertClean(lines.subList(first, lines.size()));
    }

    private void assertClean(List<String> lines) {
        assertThat(lines)
                .noneMatch(line -> STACK_TRACE.matcher(line).find())
                .noneMatch(line -> TOKEN.matcher(line).find())
                .noneMatch(line -> secrets.stream().anyMatch(line::contains));
    }

    @Override
    public String toString() {
        return text();
    }
}
