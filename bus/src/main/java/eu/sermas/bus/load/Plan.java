package eu.sermas.bus.load;

import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// All that a run is told.
///
/// @param topic what all topics begin with
/// @param size bytes of a payload
/// @param window messages of one publisher that may wait for their acknowledgement, QoS 1 and 2
/// @param outstanding messages of one publisher that may be under way to their receivers; closed
///   loop only
/// @param rate messages per second of all publishers together, sent at fixed times whether the
///   broker keeps up or not; 0 for the closed loop, in which each publisher goes on as soon as the
///   window lets it
/// @param messages of all publishers together, in place of a duration; 0 for the duration
/// @param persistent whether the subscribers' sessions outlive their connections; durable ones do
///   anyway
/// @param users user names, taken in turn; empty for none
/// @param password sent along with a user name
/// @param threads event loops of the generator
/// @param addresses local loopback addresses to connect from, 127.0.0.1 and the next ones
/// @param serverPid the broker's process, for its CPU time and memory
public record Plan(
        Scenario scenario,
        Target target,
        ProtocolVersion version,
        String topic,
        QoS qos,
        int size,
        int publishers,
        int subscribers,
        int window,
        int outstanding,
        double rate,
        long messages,
        Duration warmup,
        Duration duration,
        boolean persistent,
        List<String> users,
        @Nullable String password,
        int threads,
        int addresses,
        OptionalLong serverPid) {

    public Plan {
        users = List.copyOf(users);
        within("size", size, Payload.SIZE, 16 * 1024 * 1024);
        within("publishers", publishers, scenario.publishers() == 0 ? 0 : 1, 100_000);
        within("subscribers", subscribers, 1, 100_000);
        within("window", window, 1, 65_535);
        within("outstanding", outstanding, 1, 65_535);
        within("rate", Math.round(rate), 0, 100_000_000);
        within("messages", messages, 0, 1_000_000_000_000L);
        within("warmup", warmup.toMillis(), 0, 86_400_000);
        within("duration", duration.toMillis(), 1, 7 * 86_400_000);
        within("threads", threads, 1, 64);
        within("addresses", addresses, 1, 200);
        if (scenario == Scenario.PAIRS && publishers != subscribers) {
            throw new IllegalArgumentException(
                    "pairs: %d publishers, %d subscribers (expected: as many of one as of the other)"
                            .formatted(publishers, subscribers));
        }
        if (scenario == Scenario.DURABLE && (qos == QoS.AT_MOST_ONCE || messages == 0)) {
            throw new IllegalArgumentException(
                    "durable: QoS %d, %d messages (expected: QoS 1 or 2, at least 1 message)"
                            .formatted(qos.value(), messages));
        }
    }

    private static void within(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "%s: %d (expected: %d..%d)".formatted(name, value, least, most));
        }
    }

    /// Leaves users and password out: they are secrets.
    @Override
    public String toString() {
        return "Plan[" + scenario + ", " + target + "]";
    }

    boolean isOpenLoop() {
        return rate > 0;
    }

    boolean isPersistent() {
        return persistent || scenario == Scenario.DURABLE;
    }

    /// Receivers of each message.
    int receivers() {
        return scenario.everyoneHearsEveryone() ? subscribers : 1;
    }

    /// How many messages each publisher sends; 0 for as many as it can in the time.
    long messagesEach() {
        return Math.ceilDiv(messages, Math.max(1, publishers));
    }

    @Nullable String user(int client) {
        return users.isEmpty() ? null : users.get(Math.floorMod(client, users.size()));
    }
}
