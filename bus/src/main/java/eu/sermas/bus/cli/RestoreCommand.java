package eu.sermas.bus.cli;

import eu.sermas.bus.backup.Restore;
import eu.sermas.bus.cli.common.CommandFailed;
import eu.sermas.bus.cli.common.Failures;
import eu.sermas.bus.cli.common.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "restore",
        description = "Makes a data directory of a backup, after checking all that is in it.",
        footer = {"  sermas-bus restore --from bus.zip --data-dir /var/lib/other-bus"},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class RestoreCommand implements Callable<Integer> {

    @Option(
            names = "--from",
            paramLabel = "FILE",
            required = true,
            description = "What 'sermas-bus backup' has made.")
    private Path file;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            required = true,
            description = "Data directory to make; has to be empty or missing.")
    private Path directory;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    RestoreCommand() {}

    @Override
    public Integer call() throws CommandFailed {
        CommandLine command = spec.commandLine();
        try {
            String done = new Restore(file, directory, command.getErr()).make();
            command.getOut().println("Restored " + done);
            return 0;
        } catch (IOException e) {
            throw new CommandFailed("nothing restored: " + Failures.line(e));
        }
    }
}
