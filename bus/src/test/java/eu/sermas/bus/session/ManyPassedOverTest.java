package eu.sermas.bus.session;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.broker.RecordedConnection;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;

/// A queue full of messages that nobody has to get any more costs no more of a turn of the loop
/// than a short one.
class ManyPassedOverTest {

    private static final int EXPIRED = 1_000_000;
    private static final int AT_ONCE = 1_000;

    private final Shares memory = new Shares(1L << 34, 1);
    private final ArrayDeque<Runnable> laterTurns = new ArrayDeque<>();
    private final Session session =
            new Session(
                    new SessionKey("p", "c"),
                    0,
                    new QueueLimits(EXPIRED + 1, 1L << 34, 1L << 34, false, false),
                    new Account("", memory.system(), memory.system(), memory.system(), 1024),
                    new Tally(),
                    laterTurns::addLast);

    private void deliver(String payload, long expiresAt) {
        Message message =
                new Message(
                        Topic.of("t"),
                        payload.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        QoS.AT_LEAST_ONCE,
                        false,
                        Properties.NONE,
                        expiresAt);
        Terms terms = new Terms(QoS.EXACTLY_ONCE, false, Terms.NO_IDS, null);
        assertThat(session.deliver(message, terms, 0)).isEqualTo(Outcome.ACCEPTED);
    }

    @Test
    void aMillionExpiredMessagesLeaveOtherSessionsTheirTurns() {
        for (int i = 0; i < EXPIRED; i++) {
            deliver("expired", 1);
        }
        deliver("live", Message.NEVER);
        RecordedConnection connection = new RecordedConnection(ProtocolVersion.MQTT_5);

        session.attach(connection, 10, 2);
        assertThat(session.queuedMessages()).isEqualTo(EXPIRED + 1 - AT_ONCE);
        session.writable(2); // does not begin a second run beside the first one
        assertThat(laterTurns).hasSize(1);
        int turns = 0;
        for (Runnable turn = laterTurns.poll(); turn != null; turn = laterTurns.poll()) {
            turn.run();
            turns++;
        }
        assertThat(turns).isBetween(EXPIRED / AT_ONCE - 2, EXPIRED / AT_ONCE);
        assertThat(connection.payloads()).containsExactly("live");
    }
}
