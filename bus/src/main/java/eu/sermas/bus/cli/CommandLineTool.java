package eu.sermas.bus.cli;

import eu.sermas.bus.client.RefusedException;
import eu.sermas.bus.config.InvalidConfiguration;
import eu.sermas.bus.config.Suggestion;
import eu.sermas.bus.server.StartFailed;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// `sermas-bus` itself: it only knows its commands.
@Command(
        name = "sermas-bus",
        description = "MQTT broker, identity and rights of the SERMAS platform in one process.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND")
public final class CommandLineTool implements Runnable {

    static final int FAILED = 1;
    static final int USAGE = 2;

    private static final List<Class<?>> COMMANDS =
            List.of(
                    DevCommand.class,
                    ServeCommand.class,
                    TokenCommand.class,
                    PubCommand.class,
                    SubCommand.class,
                    BenchCommand.class,
                    CheckConfigCommand.class,
                    ReloadCommand.class,
                    BackupCommand.class,
                    RestoreCommand.class,
                    InspectCommand.class,
                    RehearseCommand.class);

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the field
    CommandLineTool() {}

    /// Runs one command.
    ///
    /// @return the exit code of the process
    public static int run(String... args) {
        return commandLine(args).execute(args);
    }

    /// The command line with the command that is named first, or with all where it is not one of
    /// them: to read the options of every command takes a third of the time of a start.
    static CommandLine commandLine(String... args) {
        CommandLine tool = new CommandLine(new CommandLineTool());
        List<Class<?>> named =
                COMMANDS.stream()
                        .filter(command -> args.length > 0 && nameOf(command).equals(args[0]))
                        .toList();
        (named.isEmpty() ? COMMANDS : named)
                .forEach(command -> tool.addSubcommand(nameOf(command), command));
        if (named.isEmpty()) {
            tool.addSubcommand(new CommandLine.HelpCommand());
        }
        return tool.setParameterExceptionHandler(CommandLineTool::wrongUsage)
                .setExecutionExceptionHandler(CommandLineTool::failed);
    }

    private static String nameOf(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given");
    }

    private static int wrongUsage(ParameterException problem, String[] args) {
        CommandLine command = problem.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("sermas-bus: " + problem.getMessage());
        String name = command.getCommandSpec().qualifiedName();
        err.println(
                meant(problem)
                        .map(near -> "Did you mean " + near + "?")
                        .orElse("Try '" + name + " --help' for the usage."));
        return USAGE;
    }

    /// The option or command that the first unknown word was probably meant to be.
    private static Optional<String> meant(ParameterException problem) {
        if (!(problem instanceof UnmatchedArgumentException unmatched)) {
            return Optional.empty();
        }
        CommandSpec command = problem.getCommandLine().getCommandSpec();
        Set<String> known = new HashSet<>(command.optionsMap().keySet());
        known.addAll(command.subcommands().keySet());
        String[] first = unmatched.getUnmatched().getFirst().split("=", 2);
        return Suggestion.nearest(first[0], known);
    }

    private static int failed(Exception problem, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        switch (problem) {
            case InvalidConfiguration invalid -> {
                invalid.lines().forEach(err::println);
                return USAGE;
            }
            case CommandFailed failure -> err.println("sermas-bus: " + failure.getMessage());
            case StartFailed failure -> err.println("sermas-bus: " + failure.getMessage());
            case RefusedException refusal -> err.println("sermas-bus: " + refusal.getMessage());
            default -> {
                err.println("sermas-bus: unexpected failure, please report it");
                problem.printStackTrace(err);
            }
        }
        err.flush();
        return FAILED;
    }
}
