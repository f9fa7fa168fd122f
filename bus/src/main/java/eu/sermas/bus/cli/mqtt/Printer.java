package eu.sermas.bus.cli.mqtt;

import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.TopicFilter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.time.ZonedDateTime;
import java.util.List;

/// Prints messages, except for those that are not wanted. What is printed is kept back until
/// [#flush], so that many messages cost one write.
final class Printer {

    private static final int LARGE = 64 * 1024;

    private final MessageFormat format;
    private final boolean lines;
    private final boolean freshOnly;
    private final List<TopicFilter> leftOut;
    private final PrintStream out;
    private final PrintWriter err;
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

    /// @param lines whether each message ends with a new line
    /// @param freshOnly leaves out what was retained before
    Printer(
            MessageFormat format,
            boolean lines,
            boolean freshOnly,
            List<TopicFilter> leftOut,
            PrintStream out,
            PrintWriter err) {
        this.format = format;
        this.lines = lines;
        this.freshOnly = freshOnly;
        this.leftOut = leftOut;
        this.out = out;
        this.err = err;
    }

    /// @return whether the message counts, because it is wanted
    boolean print(Publish message, ZonedDateTime now) {
        var topic = message.topic();
        if ((freshOnly && message.retain())
                || (topic != null && leftOut.stream().anyMatch(filter -> filter.matches(topic)))) {
            return false;
        }
        try {
            waiting.writeBytes(format.print(message, now));
            if (lines) {
                waiting.write('\n');
            }
        } catch (MessageFormat.NoJson e) {
            err.println("sermas-bus: " + e.getMessage());
            err.flush();
        }
        if (waiting.size() > LARGE) {
            flush();
        }
        return true;
    }

    /// @return whether anybody still reads it
    boolean flush() {
        out.writeBytes(waiting.toByteArray());
        waiting.reset();
        return !out.checkError();
    }
}
