package eu.sermas.bus.cli;

import eu.sermas.bus.cli.common.Version;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = "Prints a script by which bash and zsh complete commands and options.",
        footer = {"  source <(sermas-bus completion)   # in ~/.bashrc or ~/.zshrc"},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CompletionCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    CompletionCommand() {}

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.print(script());
        out.flush();
        return 0;
    }

    /// It looks by itself which of the two shells reads it.
    static String script() {
        return AutoComplete.bash(CommandLineTool.NAME, CommandLineTool.withAll());
    }
}
