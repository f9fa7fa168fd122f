package eu.sermas.bus.cli;

import eu.sermas.bus.client.MqttClient;
import eu.sermas.bus.client.RefusedException;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
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
        description = "Prints the messages of topics; fails with the reason where one is refused.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class SubCommand implements Callable<Integer> {

    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    /// Seconds of a century, and as many messages.
    private static final long MOST = 3_153_600_000L;

    @Option(
            names = {"-t", "--topic"},
            paramLabel = "FILTER",
            required = true,
            description = "Topic filter, such as 'app/myapp/ui/#'; may be repeated.")
    private List<String> filters;

    @Option(
            names = {"-v", "--verbose"},
            description = "Prints the topic before each message.")
    private boolean verbose;

    @Option(names = "-C", paramLabel = "COUNT", description = "Ends after so many messages.")
    private @Nullable Long most;

    @Option(
            names = "-W",
            paramLabel = "SECONDS",
            description = "Ends after that time; a failure where -C is not reached by then.")
    private @Nullable Long longest;

    // 0 where there is no end.
    private long count;
    private long seconds;

    @Mixin private MqttOptions mqtt = new MqttOptions();

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    SubCommand() {}

    @Override
    public Integer call() throws CommandFailed, RefusedException {
        CommandLine command = spec.commandLine();
        List<TopicFilter> wanted = wanted(command);
        QoS qos = mqtt.qos(command);
        count = positive(command, "-C", most);
        seconds = positive(command, "-W", longest);
        try (MqttClient client = mqtt.connect(command)) {
            client.subscribe(wanted, qos);
            print(client, new BufferedOutputStream(System.out));
            return 0;
        } catch (IOException e) {
            throw mqtt.lost(e);
        }
    }

    /// @return 0 where it is not given
    private static long positive(CommandLine command, String option, @Nullable Long value) {
        if (value == null) {
            return 0;
        }
        if (value < 1 || value > MOST) {
            throw new ParameterException(
                    command, option + ": " + value + " (expected: 1.." + MOST + ")");
        }
        return value;
    }

    private List<TopicFilter> wanted(CommandLine command) {
        try {
            return filters.stream().map(TopicFilter::of).toList();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, e.getMessage(), e);
        }
    }

    private void print(MqttClient client, OutputStream out)
            throws IOException, RefusedException, CommandFailed {
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        for (long printed = 0; count == 0 || printed < count; printed++) {
            Duration wait = seconds == 0 ? FOR_EVER : Duration.ofNanos(end - System.nanoTime());
            Publish message = client.receive(wait);
            if (message == null) {
                endOfTime(printed);
                return;
            }
            print(message, out);
            if (!client.hasArrived()) {
                out.flush();
            }
        }
        out.flush();
    }

    private void endOfTime(long printed) throws CommandFailed {
        if (count > 0) {
            throw new CommandFailed(
                    printed + " of " + count + " messages came within " + seconds + " s");
        }
    }

    private void print(Publish message, OutputStream out) throws IOException {
        Topic topic = message.topic();
        if (verbose && topic != null) {
            out.write(topic.utf8());
            out.write(' ');
        }
        out.write(message.payload());
        out.write('\n');
    }
}
