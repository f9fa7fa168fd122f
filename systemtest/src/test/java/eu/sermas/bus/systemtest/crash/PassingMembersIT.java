package eu.sermas.bus.systemtest.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet;
import eu.sermas.bus.systemtest.raw.Property;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Type;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// A shared group whose members come and go in the middle of its traffic, without a crash: what was
/// acknowledged to its publisher comes to somebody, for one member always stays.
class PassingMembersIT {

    private static final String TOPIC = "work";
    private static final String FILTER = "$share/crew/" + TOPIC;
    private static final int PUBLISHERS = 2;
    private static final int MESSAGES = 3_000;
    private static final int AT_ONCE = 50;
    private static final int PASSING = 4;

    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean over = new AtomicBoolean();

    @Test
    void whatWasAcknowledgedComesToSomebody() throws Exception {
        try (var bus = BusProcess.open().set("limits.connections-per-second", 1_000_000).start();
                var threads = Executors.newVirtualThreadPerTaskExecutor();
                var staying = RawClient.open(bus.port())) {
            staying.connect(
                    Connect.v5("staying").unclean().with(Property.SESSION_EXPIRY_INTERVAL, 3600L));
            staying.subscribe(FILTER, 1);
            threads.submit(() -> take(staying, Integer.MAX_VALUE));
            for (int member = 0; member < PASSING; member++) {
                var name = "passing" + member;
                threads.submit(() -> comeAndGo(bus.port(), name));
            }
            var published = new ArrayList<Future<Set<String>>>();
            for (int publisher = 0; publisher < PUBLISHERS; publisher++) {
                var name = "publisher" + publisher;
                published.add(threads.submit(() -> publish(bus.port(), name)));
            }
            var acknowledged = new HashSet<String>();
            for (var ids : published) {
                acknowledged.addAll(ids.get());
            }
            over.set(true);
            assertThat(acknowledged).hasSize(PUBLISHERS * MESSAGES);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(missing(acknowledged)).isEmpty());
            staying.drop();
        }
    }

    private Set<String> missing(Set<String> acknowledged) {
        var missing = new HashSet<>(acknowledged);
        missing.removeAll(seen);
        return missing;
    }

    /// A clean member that takes a few messages, the last of them without an acknowledgement.
    private void comeAndGo(int port, String name) {
        for (int life = 1; !over.get(); life++) {
            try (var member = RawClient.open(port)) {
                member.connect(Connect.v5(name));
                member.subscribe(FILTER, 1);
                take(member, life % AT_ONCE);
            }
        }
    }

    /// Acknowledges so many messages and reads until the end of the connection, or leaves then.
    private void take(RawClient member, int most) {
        try {
            for (int taken = 0; taken < most; ) {
                Packet packet = member.next();
                if (packet instanceof Publish message) {
                    seen.add(message.text());
                    member.send(Type.PUBACK, message.packetId());
                    taken++;
                }
            }
        } catch (AssertionError | UncheckedIOException e) {
            // The end, or nothing more to take; what is missing is found in the end.
        }
    }

    private static Set<String> publish(int port, String name) {
        var acknowledged = new HashSet<String>();
        try (var publisher = RawClient.open(port)) {
            publisher.connect(Connect.v5(name));
            for (int first = 0; first < MESSAGES; first += AT_ONCE) {
                for (int id = 1; id <= AT_ONCE; id++) {
                    publisher.send(Publish.to(TOPIC, name + "#" + (first + id)).qos(1, id));
                }
                for (int id = 1; id <= AT_ONCE; id++) {
                    publisher.expectAck(Type.PUBACK, id);
                    acknowledged.add(name + "#" + (first + id));
                }
            }
        }
        return acknowledged;
    }
}
