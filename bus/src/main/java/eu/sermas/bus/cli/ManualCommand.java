package eu.sermas.bus.cli;

import eu.sermas.bus.cli.common.CommandFailed;
import eu.sermas.bus.cli.common.Failures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Writes the folder `share` of a distribution, from the descriptions that `--help` prints: manual
/// pages and what a shell completes. The build calls it.
@Command(name = "manual", hidden = true)
final class ManualCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "DIR")
    private Path share;

    @SuppressWarnings("NullAway.Init") // picocli sets the field
    ManualCommand() {}

    @Override
    public Integer call() throws CommandFailed {
        try {
            Path pages = Files.createDirectories(share.resolve("man/man1"));
            for (Map.Entry<String, String> page : ManualPages.all().entrySet()) {
                Files.writeString(pages.resolve(page.getKey()), page.getValue());
            }
            Path completions =
                    Files.createDirectories(share.resolve("bash-completion/completions"));
            Files.writeString(
                    completions.resolve(CommandLineTool.NAME), CompletionCommand.script());
            return 0;
        } catch (IOException e) {
            throw new CommandFailed(Failures.line(e));
        }
    }
}
