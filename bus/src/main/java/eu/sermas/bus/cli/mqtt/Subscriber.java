package eu.sermas.bus.cli.mqtt;

import eu.sermas.bus.cli.common.CommandFailed;
import eu.sermas.bus.client.MqttClient;
import eu.sermas.bus.client.RefusedException;
import eu.sermas.bus.packet.PacketType;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.TopicFilter;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/// What `sub` does: it subscribes and prints, and comes back where the connection is lost. A first
/// connection that fails is a failure, since a wrong address is then the likeliest reason.
final class Subscriber {

    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private final CommandLine command;
    private final MqttOptions mqtt;
    private final List<TopicFilter> filters;
    private final List<TopicFilter> ended;
    private final Printer printer;
    private final long count;
    private final @Nullable Duration time;
    private final Backoff backoff = new Backoff(ThreadLocalRandom.current());
    private final long begin = System.nanoTime();
    private long printed;

    /// @param ended subscriptions of the session that are to end
    /// @param count messages after which it ends, 0 for none
    /// @param time after which it ends, or null
    Subscriber(
            CommandLine command,
            MqttOptions mqtt,
            List<TopicFilter> filters,
            List<TopicFilter> ended,
            Printer printer,
            long count,
            @Nullable Duration time) {
        this.command = command;
        this.mqtt = mqtt;
        this.filters = filters;
        this.ended = ended;
        this.printer = printer;
        this.count = count;
        this.time = time;
    }

    /// @return the exit code
    int run() throws CommandFailed, RefusedException {
        try (Farewell farewell = new Farewell()) {
            MqttClient client = farewell.of(mqtt.connect(command));
            boolean subscribed = false;
            while (true) {
                long since = System.nanoTime();
                String why;
                try {
                    if (!subscribed || !client.isSessionPresent()) {
                        subscribe(client);
                        subscribed = true;
                    }
                    return follow(client);
                } catch (IOException e) {
                    why = String.valueOf(mqtt.lost(e).getMessage());
                } catch (RefusedException e) {
                    why = whyAgain(client, e);
                }
                farewell.ofNobody();
                giveUp(client);
                if (farewell.isLeaving()) {
                    return CommandFailed.EXIT_CODE;
                }
                backoff.stoodFor(Duration.ofNanos(System.nanoTime() - since));
                client = again(farewell, client, why);
            }
        }
    }

    /// @throws RefusedException where it would be the same another time
    private String whyAgain(MqttClient client, RefusedException refusal) throws RefusedException {
        if (refusal.isPassing() || (refusal.isOfToken() && mqtt.hasSecret())) {
            return String.valueOf(refusal.getMessage());
        }
        try {
            client.close();
        } catch (IOException _) {
            // The connection has ended already.
        }
        throw refusal;
    }

    private void subscribe(MqttClient client) throws IOException, RefusedException {
        if (!filters.isEmpty()) {
            client.subscribe(filters, mqtt.qos(command), mqtt.properties(PacketType.SUBSCRIBE));
        }
        if (!ended.isEmpty()) {
            client.unsubscribe(ended, mqtt.properties(PacketType.UNSUBSCRIBE));
        }
    }

    /// Prints until it is enough, and says good-bye.
    ///
    /// @return the exit code
    private int follow(MqttClient client) throws IOException, RefusedException, CommandFailed {
        boolean read = true;
        while (read && (count == 0 || printed < count)) {
            Publish message = client.receive(left());
            if (message == null) {
                break;
            }
            print(message);
            read = client.hasArrived() || printer.flush();
        }
        printer.flush();
        client.close();
        if (read && printed < count) {
            throw tooFew();
        }
        return read ? 0 : CommandFailed.EXIT_CODE;
    }

    private void print(Publish message) {
        printed += printer.print(message, ZonedDateTime.now(ZoneId.systemDefault())) ? 1 : 0;
    }

    /// Prints what came before the end of a connection: it is acknowledged.
    private void giveUp(MqttClient client) {
        client.drain().forEach(this::print);
        printer.flush();
        client.abandon();
    }

    private MqttClient again(Farewell farewell, MqttClient before, String why)
            throws CommandFailed, RefusedException {
        String problem = why;
        while (true) {
            pause(problem);
            try {
                MqttClient client = farewell.of(mqtt.connect(command, before));
                say(
                        client.isSessionPresent()
                                ? "connected again, the session goes on"
                                : "connected again");
                return client;
            } catch (IOException e) {
                problem = String.valueOf(mqtt.lost(e).getMessage());
            } catch (RefusedException e) {
                if (!e.isPassing()) {
                    throw e;
                }
                problem = String.valueOf(e.getMessage());
            }
        }
    }

    private void pause(String problem) throws CommandFailed {
        Duration pause = backoff.next();
        boolean tooLong = pause.compareTo(left()) > 0;
        String next = "; next attempt in %.1f s".formatted(pause.toMillis() / 1000.0);
        say(problem + (tooLong ? "" : next));
        try {
            Thread.sleep(tooLong ? left() : pause);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted");
        }
        if (tooLong) {
            throw count > 0 ? tooFew() : new CommandFailed("no connection when the time was up");
        }
    }

    /// Never negative.
    private Duration left() {
        if (time == null) {
            return FOR_EVER;
        }
        Duration left = time.minusNanos(System.nanoTime() - begin);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private CommandFailed tooFew() {
        return new CommandFailed(
                printed
                        + " of "
                        + count
                        + " messages came within "
                        + (time == null ? 0 : time.toSeconds())
                        + " s");
    }

    private void say(String line) {
        command.getErr().println("sermas-bus: " + line);
        command.getErr().flush();
    }
}
