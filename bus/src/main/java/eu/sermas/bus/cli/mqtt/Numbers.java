package eu.sermas.bus.cli.mqtt;

import eu.sermas.bus.packet.QoS;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/// Numbers of the command line, refused with what was found and what is expected.
final class Numbers {

    private Numbers() {}

    static QoS qos(CommandLine command, String option, String value) {
        return QoS.of((int) inRange(command, option, value, 0, 2));
    }

    static long inRange(CommandLine command, String option, String value, long least, long most) {
        try {
            long number = Long.parseLong(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new ParameterException(
                command, "%s: %s (expected: %d..%d)".formatted(option, value, least, most));
    }
}
