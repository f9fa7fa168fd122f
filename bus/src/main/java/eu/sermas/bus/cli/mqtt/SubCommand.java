package eu.sermas.bus.cli.mqtt;

import eu.sermas.bus.cli.common.CommandFailed;
import eu.sermas.bus.cli.common.Version;
import eu.sermas.bus.client.RefusedException;
import eu.sermas.bus.packet.PacketType;
import eu.sermas.bus.packet.TopicFilter;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "sub",
        description = {
            "Prints the messages of topics; fails with the reason where one is refused.",
            "Comes back by itself where the connection is lost, and says so on standard error."
        },
        footer = {
            "  sermas-bus sub --app museum --client robot -v -t 'app/museum/ui/#'",
            "  sermas-bus sub -i desk -c -q 2 -t 'app/museum/dialogue/#'     # what came meanwhile, too",
            "  sermas-bus sub -t 'app/museum/#' -T app/museum/ui/content -F '%%I %%t %%x'"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class SubCommand implements Callable<Integer> {

    private static final Set<PacketType> SENT =
            EnumSet.of(
                    PacketType.CONNECT,
                    PacketType.WILL,
                    PacketType.SUBSCRIBE,
                    PacketType.UNSUBSCRIBE,
                    PacketType.DISCONNECT);

    /// Seconds of a century, and as many messages.
    private static final long MOST = 3_153_600_000L;

    @Option(
            names = {"-t", "--topic"},
            paramLabel = "FILTER",
            description = "Topic filter, such as 'app/myapp/ui/#'; may be repeated.")
    private List<String> filters = List.of();

    @Option(
            names = {"-U", "--unsubscribe"},
            paramLabel = "FILTER",
            description = "Ends a subscription of a session that was kept (-c); may be repeated.")
    private List<String> ended = List.of();

    @Option(
            names = {"-T", "--filter-out"},
            paramLabel = "FILTER",
            description = "Leaves out the messages of topics that match; may be repeated.")
    private List<String> leftOut = List.of();

    @Option(
            names = {"-v", "--verbose"},
            description = "Prints the topic before each message.")
    private boolean verbose;

    @Option(
            names = {"-F", "--format"},
            paramLabel = "FORMAT",
            description = {
                "How a message is printed: %%t topic, %%p payload, %%x payload in hexadecimal, %%l length,",
                "%%q QoS, %%r retained, %%I and %%U time, %%j JSON, %%J JSON with the payload as JSON,",
                "%%C %%R %%D %%E %%P properties, \\n \\t %%%%."
            })
    private @Nullable String format;

    @Option(names = "-N", description = "Ends no message with a new line.")
    private boolean bare;

    @Option(names = "-R", description = "Leaves out retained messages that were there before.")
    private boolean freshOnly;

    @Option(names = "-C", paramLabel = "COUNT", description = "Ends after so many messages.")
    private @Nullable String most;

    @Option(
            names = "-W",
            paramLabel = "SECONDS",
            description = "Ends after that time; a failure where -C is not reached by then.")
    private @Nullable String longest;

    @Mixin private MqttOptions mqtt = new MqttOptions();

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    SubCommand() {}

    @Override
    public Integer call() throws CommandFailed, RefusedException {
        CommandLine command = spec.commandLine();
        if (filters.isEmpty() && ended.isEmpty()) {
            throw new ParameterException(command, "Missing required option: '--topic=FILTER'");
        }
        mqtt.check(command, SENT);
        Printer printer =
                new Printer(
                        messageFormat(command),
                        !bare,
                        freshOnly,
                        filters(command, "-T", leftOut),
                        System.out,
                        command.getErr());
        long seconds = positive(command, "-W", longest);
        Subscriber subscriber =
                new Subscriber(
                        command,
                        mqtt,
                        filters(command, "-t", filters),
                        filters(command, "-U", ended),
                        printer,
                        positive(command, "-C", most),
                        seconds == 0 ? null : Duration.ofSeconds(seconds));
        return subscriber.run();
    }

    private MessageFormat messageFormat(CommandLine command) {
        try {
            return MessageFormat.of(format != null ? format : verbose ? "%t %p" : "%p");
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, e.getMessage(), e);
        }
    }

    /// @return 0 where it is not given
    private static long positive(CommandLine command, String option, @Nullable String value) {
        return value == null ? 0 : Numbers.inRange(command, option, value, 1, MOST);
    }

    private static List<TopicFilter> filters(
            CommandLine command, String option, List<String> texts) {
        try {
            return texts.stream().map(TopicFilter::of).toList();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, option + ": " + e.getMessage(), e);
        }
    }
}
