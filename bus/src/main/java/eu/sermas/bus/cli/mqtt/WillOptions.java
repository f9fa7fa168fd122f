package eu.sermas.bus.cli.mqtt;

import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.Will;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// What the bus is to publish when the command ends without a good-bye.
final class WillOptions {

    @Option(
            names = "--will-topic",
            paramLabel = "TOPIC",
            description = "Topic of the will, which is published where the connection is lost.")
    private @Nullable String topic;

    @Option(names = "--will-payload", paramLabel = "TEXT", description = "Payload of the will.")
    private @Nullable String payload;

    @Option(
            names = "--will-qos",
            paramLabel = "0|1|2",
            description = "Quality of service of the will; default 0.")
    private @Nullable String qos;

    @Option(names = "--will-retain", description = "Keeps the will for later subscribers.")
    private boolean retain;

    /// @return null where there is none
    @Nullable Will will(CommandLine command, Properties properties) {
        if (topic == null) {
            if (payload != null || qos != null || retain || !properties.isEmpty()) {
                throw new ParameterException(command, "a will needs --will-topic");
            }
            return null;
        }
        try {
            byte[] bytes = (payload == null ? "" : payload).getBytes(StandardCharsets.UTF_8);
            return new Will(
                    Topic.of(topic),
                    bytes,
                    Numbers.qos(command, "--will-qos", qos == null ? "0" : qos),
                    retain,
                    properties);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, "--will-topic: " + e.getMessage(), e);
        }
    }
}
