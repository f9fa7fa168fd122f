package eu.sermas.bus.cli;

import eu.sermas.bus.backup.ControlClient;
import eu.sermas.bus.cli.common.CommandFailed;
import eu.sermas.bus.cli.common.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "reload",
        description = {
            "Has the running bus read its configuration again, as SIGHUP does.",
            "Says what has changed and what needs a restart."
        },
        footer = {"  sermas-bus reload --data-dir /var/lib/sermas-bus"},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReloadCommand implements Callable<Integer> {

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = "data",
            description = "Data directory of the bus; default ${DEFAULT-VALUE}.")
    private Path directory;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    ReloadCommand() {}

    @Override
    public Integer call() throws CommandFailed {
        try (@Nullable ControlClient bus = ControlClient.connect(directory)) {
            if (bus == null) {
                throw new CommandFailed("no bus runs on the data directory " + directory);
            }
            spec.commandLine().getOut().println(bus.reload());
            return 0;
        } catch (IOException e) {
            throw new CommandFailed("not reloaded: " + e.getMessage());
        }
    }
}
