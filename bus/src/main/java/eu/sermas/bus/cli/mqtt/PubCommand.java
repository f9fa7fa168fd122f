package eu.sermas.bus.cli.mqtt;

import eu.sermas.bus.cli.common.CommandFailed;
import eu.sermas.bus.cli.common.Version;
import eu.sermas.bus.client.MqttClient;
import eu.sermas.bus.client.RefusedException;
import eu.sermas.bus.packet.PacketType;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "pub",
        description = "Publishes messages; fails with the reason where the bus refuses one.",
        footer = {
            "  sermas-bus pub --app museum --client robot -t app/museum/ui/content -m hello",
            "  sermas-bus pub --url wss://bus.example.org/mqtt -t app/museum/ui/content -r -f screen.json",
            "  tail -f log | sermas-bus pub -t app/museum/performance -l"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class PubCommand implements Callable<Integer> {

    private static final Set<PacketType> SENT =
            EnumSet.of(
                    PacketType.CONNECT, PacketType.WILL, PacketType.PUBLISH, PacketType.DISCONNECT);

    /// How long a line is waited for before one looks what the bus has sent.
    private static final Duration TURN = Duration.ofMillis(200);

    /// Where the payload comes from.
    static final class Source {
        @Option(
                names = {"-m", "--message"},
                paramLabel = "TEXT",
                description = "The message.")
        private @Nullable String message;

        @Option(
                names = {"-f", "--file"},
                paramLabel = "FILE",
                description = "The content of a file as one message.")
        private @Nullable Path file;

        @Option(
                names = {"-l", "--lines"},
                description = "Each line of standard input as a message.")
        private boolean lines;

        @Option(
                names = {"-s", "--stdin"},
                description = "All of standard input as one message.")
        private boolean stdin;

        @Option(
                names = {"-n", "--null"},
                description = "An empty message; with -r it removes a retained one.")
        private boolean empty;
    }

    @Option(
            names = {"-t", "--topic"},
            paramLabel = "TOPIC",
            required = true,
            description = "Topic, such as app/myapp/ui/content.")
    private String topicName;

    @ArgGroup(multiplicity = "1")
    private Source source;

    @Option(
            names = {"-r", "--retain"},
            description = "Keeps the message for later subscribers.")
    private boolean retain;

    @Mixin private MqttOptions mqtt = new MqttOptions();

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    PubCommand() {}

    @Override
    public Integer call() throws CommandFailed, RefusedException {
        CommandLine command = spec.commandLine();
        Topic topic = topic(command);
        mqtt.check(command, SENT);
        QoS qos = mqtt.qos(command);
        Properties properties = mqtt.properties(PacketType.PUBLISH);
        byte[] payload = payload();
        try (Farewell farewell = new Farewell();
                MqttClient client = farewell.of(mqtt.connect(command))) {
            if (payload == null) {
                publishLines(client, topic, qos, properties);
            } else {
                client.publish(topic, payload, qos, retain, properties);
            }
            return 0;
        } catch (IOException e) {
            throw mqtt.lost(e);
        }
    }

    private Topic topic(CommandLine command) {
        try {
            return Topic.of(topicName);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, e.getMessage(), e);
        }
    }

    /// @return null where it is lines that are to be published
    private byte @Nullable [] payload() throws CommandFailed {
        String message = source.message;
        Path file = source.file;
        try {
            if (message != null) {
                return message.getBytes(StandardCharsets.UTF_8);
            }
            if (file != null) {
                return Files.readAllBytes(file);
            }
            if (source.stdin) {
                return System.in.readAllBytes();
            }
            if (source.empty) {
                return new byte[0];
            }
        } catch (IOException e) {
            throw new CommandFailed("--file " + file + ": not readable");
        }
        if (source.lines) {
            return null;
        }
        throw new IllegalStateException("no source of the message");
    }

    /// Standard input is read by a thread of its own, so that the connection stays while no line
    /// comes.
    private void publishLines(MqttClient client, Topic topic, QoS qos, Properties properties)
            throws IOException, RefusedException, CommandFailed {
        try (Lines lines = Lines.of(System.in)) {
            while (true) {
                String line = lines.next(TURN);
                if (line != null) {
                    byte[] payload = line.getBytes(StandardCharsets.UTF_8);
                    client.publish(topic, payload, qos, retain, properties);
                } else if (lines.isAtEnd()) {
                    return;
                } else {
                    client.stay();
                }
            }
        }
    }
}
