package eu.sermas.bus.cli.mqtt;

import eu.sermas.bus.packet.PacketType;
import eu.sermas.bus.packet.Properties;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.Stack;
import picocli.CommandLine;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// Properties of MQTT 5 for the packets that a command sends.
final class PropertyOptions {

    /// Takes three words or four, by what they are.
    static final class Words implements IParameterConsumer {

        @Override
        @SuppressWarnings("JdkObsolete") // the class that picocli hands over
        public void consumeParameters(Stack<String> words, ArgSpec option, CommandSpec command) {
            // The next word is the last element.
            Deque<String> left = new ArrayDeque<>(words.reversed());
            List<PropertyArgument> before = option.getValue();
            List<PropertyArgument> all = new ArrayList<>(before == null ? List.of() : before);
            try {
                all.add(PropertyArgument.take(left));
            } catch (IllegalArgumentException e) {
                throw new ParameterException(command.commandLine(), e.getMessage(), e);
            }
            words.setSize(left.size());
            option.setValue(all);
        }
    }

    @Option(
            names = {"-D", "--property"},
            arity = "3..4",
            paramLabel = "PACKET NAME VALUE",
            hideParamSyntax = true,
            parameterConsumer = Words.class,
            description = {
                "Property of MQTT 5: -D connect user-property NAME VALUE,",
                "-D publish message-expiry-interval 60; may be repeated."
            })
    private List<PropertyArgument> given = List.of();

    /// @throws ParameterException where one is for a packet that this command does not send, or is
    ///   there twice
    void check(CommandLine command, Set<PacketType> sent) {
        for (PropertyArgument argument : given) {
            if (!sent.contains(argument.packet())) {
                throw new ParameterException(
                        command,
                        "-D %s: not sent by %s (expected: one of %s)"
                                .formatted(
                                        PropertyArgument.nameOf(argument.packet()),
                                        command.getCommandName(),
                                        sent.stream().map(PropertyArgument::nameOf).toList()));
            }
            long times =
                    given.stream()
                            .filter(other -> other.packet() == argument.packet())
                            .filter(other -> other.property() == argument.property())
                            .count();
            if (times > 1 && !argument.property().repeatableIn(argument.packet())) {
                throw new ParameterException(
                        command,
                        "-D %s: given twice"
                                .formatted(PropertyArgument.nameOf(argument.property())));
            }
        }
    }

    Properties of(PacketType packet) {
        Properties.Builder builder = Properties.builder();
        given.stream()
                .filter(argument -> argument.packet() == packet)
                .forEach(argument -> builder.add(argument.property(), argument.value()));
        return builder.build();
    }
}
