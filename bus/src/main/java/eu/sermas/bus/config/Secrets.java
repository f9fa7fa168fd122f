package eu.sermas.bus.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a secret may stand instead of in the file itself: in a file of its own or in the
/// environment.
final class Secrets {

    static final String MASK = "***";
    static final String FILE_EXPECTED = "a readable text file that is not empty";

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");
    private static final long LARGEST_FILE = 64 * 1024;

    private Secrets() {}

    /// The name of the variable where a value is a reference such as `${BUS_SECRET}`.
    static Optional<String> variableOf(String value) {
        Matcher reference = REFERENCE.matcher(value);
        return reference.matches() ? Optional.of(reference.group(1)) : Optional.empty();
    }

    /// The value itself, or what it refers to; empty where it refers to nothing.
    static Optional<String> resolve(String value, Map<String, String> environment) {
        Optional<String> variable = variableOf(value);
        return variable.isEmpty()
                ? Optional.of(value)
                : variable.map(environment::get).filter(text -> !text.isEmpty());
    }

    /// The content of a file without the line end behind it; empty where there is none.
    static Optional<String> read(Path file) {
        try {
            if (Files.size(file) > LARGEST_FILE) {
                return Optional.empty();
            }
            String content = Files.readString(file).stripTrailing();
            return content.isEmpty() ? Optional.empty() : Optional.of(content);
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
