package eu.sermas.bus.config;

import java.util.List;

/// A configuration that cannot be used, with everything that is wrong in it.
public final class InvalidConfiguration extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<String> lines;

    private InvalidConfiguration(List<String> lines) {
        super(String.join("\n", lines));
        this.lines = lines;
    }

    static InvalidConfiguration because(List<Problem> problems) {
        return ofLines(problems.stream().map(Problem::toString).toList());
    }

    /// @param lines what is wrong, each with the key, what was found and what was expected
    public static InvalidConfiguration ofLines(List<String> lines) {
        return new InvalidConfiguration(List.copyOf(lines));
    }

    /// What is wrong, a line each.
    public List<String> lines() {
        return lines;
    }
}
