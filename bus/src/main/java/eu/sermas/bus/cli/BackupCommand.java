package eu.sermas.bus.cli;

import eu.sermas.bus.backup.Backup;
import eu.sermas.bus.cli.common.CommandFailed;
import eu.sermas.bus.cli.common.Failures;
import eu.sermas.bus.cli.common.Version;
import eu.sermas.bus.server.Product;
import eu.sermas.bus.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "backup",
        description = {
            "Copies a data directory to one file, while the bus runs or not.",
            "The file has the keys and password hashes of the bus: keep it as safe as those."
        },
        footer = {"  sermas-bus backup --data-dir /var/lib/sermas-bus --to bus.zip"},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class BackupCommand implements Callable<Integer> {

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            required = true,
            description = "Data directory of the bus.")
    private Path directory;

    @Option(
            names = "--to",
            paramLabel = "FILE",
            required = true,
            description = "ZIP file to make, readable by its owner only.")
    private Path file;

    @Option(names = "--force", description = "Replaces the file where it exists.")
    private boolean force;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    BackupCommand() {}

    @Override
    public Integer call() throws CommandFailed {
        CommandLine command = spec.commandLine();
        try {
            String done =
                    new Backup(directory, file, force, Product.version(), command.getErr()).make();
            command.getOut().println("Backed up to " + done);
            return 0;
        } catch (IOException | StoreException e) {
            throw new CommandFailed("no backup made: " + Failures.line(e));
        }
    }
}
