package eu.sermas.bus.cli;

import eu.sermas.bus.cli.common.CommandFailed;
import eu.sermas.bus.cli.common.Version;
import eu.sermas.bus.cli.mqtt.PubCommand;
import eu.sermas.bus.cli.mqtt.SubCommand;
import eu.sermas.bus.cli.rest.AppCommands;
import eu.sermas.bus.cli.rest.ClientCommands;
import eu.sermas.bus.cli.rest.SessionCommands;
import eu.sermas.bus.cli.rest.UserCommands;
import eu.sermas.bus.client.RefusedException;
import eu.sermas.bus.config.InvalidConfiguration;
import eu.sermas.bus.config.Suggestion;
import eu.sermas.bus.server.StartFailed;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// `sermas-bus` itself: it only knows its commands.
@Command(
        name = CommandLineTool.NAME,
        description = "MQTT broker, identity and rights of the SERMAS platform in one process.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "  sermas-bus dev                     # a bus for trying, on this machine only",
            "  sermas-bus serve --data-dir /var/lib/sermas-bus",
            "  sermas-bus help sub                # what a command can do"
        })
public final class CommandLineTool implements Runnable {

    static final String NAME = "sermas-bus";
    static final int FAILED = CommandFailed.EXIT_CODE;
    static final int USAGE = 2;

    private static final Map<String, String> EXIT_CODES =
            Map.of(
                    "0", "Done.",
                    "1", "Failed; one line says why and what to do.",
                    "2", "Wrong usage or configuration.");

    private static final List<Class<?>> COMMANDS =
            List.of(
                    DevCommand.class,
                    ServeCommand.class,
                    TokenCommand.class,
                    PubCommand.class,
                    SubCommand.class,
                    AppCommands.class,
                    ClientCommands.class,
                    UserCommands.class,
                    SessionCommands.class,
                    BenchCommand.class,
                    CheckConfigCommand.class,
                    ReloadCommand.class,
                    BackupCommand.class,
                    RestoreCommand.class,
                    InspectCommand.class,
                    CompletionCommand.class,
                    RehearseCommand.class,
                    ManualCommand.class);

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
        List<Class<?>> named =
                COMMANDS.stream()
                        .filter(command -> args.length > 0 && nameOf(command).equals(args[0]))
                        .toList();
        return named.isEmpty() ? withAll() : with(named);
    }

    public static CommandLine withAll() {
        CommandLine tool = with(COMMANDS);
        tool.addSubcommand(new CommandLine.HelpCommand());
        return tool;
    }

    private static CommandLine with(List<Class<?>> commands) {
        CommandLine tool = new CommandLine(new CommandLineTool());
        commands.forEach(command -> tool.addSubcommand(nameOf(command), command));
        explain(tool);
        return tool.setParameterExceptionHandler(CommandLineTool::wrongUsage)
                .setExecutionExceptionHandler(CommandLineTool::failed);
    }

    /// What the help of every command has.
    private static void explain(CommandLine command) {
        command.getCommandSpec()
                .versionProvider(new Version())
                .usageMessage()
                .footerHeading("%nExamples:%n")
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(new TreeMap<>(EXIT_CODES));
        command.getSubcommands().values().forEach(CommandLineTool::explain);
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
