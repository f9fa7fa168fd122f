package eu.sermas.bus.cli.rest;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// A command that only has commands.
abstract class Group implements Runnable {

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the field
    Group() {}

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "no command given (expected: one of %s)".formatted(spec.subcommands().keySet()));
    }

    /// Names only what is to be changed.
    static void put(Map<String, Object> body, String name, @Nullable Object value) {
        if (value != null) {
            body.put(name, value);
        }
    }
}
