package eu.sermas.bus.cli.rest;

import eu.sermas.bus.cli.common.CommandFailed;
import eu.sermas.bus.cli.common.Failures;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Passwords come from a file, from the environment or from the keyboard without being shown, and
/// never from the command line, which everybody on the machine can read.
final class Passwords {

    private Passwords() {}

    /// @param file with the password in its first line, or null
    /// @param variable of the environment
    /// @param prompt for the keyboard
    static String read(@Nullable Path file, String variable, String prompt) throws CommandFailed {
        if (file != null) {
            return firstLine(file);
        }
        String value = System.getenv(variable);
        if (value != null && !value.isEmpty()) {
            return value;
        }
        return typed(variable, prompt);
    }

    static String firstLine(Path file) throws CommandFailed {
        try {
            String line = Files.readString(file).lines().findFirst().orElse("").strip();
            if (line.isEmpty()) {
                throw new CommandFailed(file + ": empty (expected: one line)");
            }
            return line;
        } catch (IOException e) {
            throw new CommandFailed(Failures.line(e));
        }
    }

    @SuppressWarnings("SystemConsoleNull") // a runtime without the module jdk.internal.le has none
    private static String typed(String variable, String prompt) throws CommandFailed {
        Console console = System.console();
        if (console != null && console.isTerminal()) {
            char[] typed = console.readPassword("%s: ", prompt);
            if (typed != null && typed.length > 0) {
                return new String(typed);
            }
        }
        throw new CommandFailed(
                "no password: name a file, set " + variable + " or call this from a terminal");
    }
}
