package eu.sermas.bus.broker;

import static eu.sermas.bus.broker.BrokerFixture.RIGHTS;
import static eu.sermas.bus.broker.BrokerFixture.SESSION_LIFETIME;
import static eu.sermas.bus.broker.BrokerFixture.connectPacket;
import static eu.sermas.bus.broker.BrokerFixture.login;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.broker.RecordedConnection.Delivered;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.simulation.SimulatedStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The messages of a shared subscription that a session leaves to another member when it ends.
class InheritanceTest {

    private static final String GROUP = "$share/g/t";

    /// Goes over in three parts.
    private static final int MESSAGES = 600;

    private static final int PART = 256;

    private final SimulatedStore store = new SimulatedStore(new Random(1));
    private final BrokerFixture bus =
            BrokerFixture.durable(3, Limits.DEFAULT, DurabilityPolicy.DEFAULT, store);
    private final String giver = bus.idOn(1, "giver");

    private Peer member(String id) {
        return bus.persistent(id).subscribe(GROUP, QoS.EXACTLY_ONCE);
    }

    private static List<String> payloads(int count) {
        return IntStream.range(0, count).mapToObj(i -> "m" + i).toList();
    }

    /// Messages that wait for the giver, which is away, and its heir, which is there or not.
    private Peer prepare(String heir, QoS qos, boolean isThere) {
        member(giver).drop();
        Peer publisher = bus.connect(bus.idOn(0, "p"));
        for (String payload : payloads(MESSAGES)) {
            publisher.publish("t", payload, qos, 1);
            if (qos == QoS.EXACTLY_ONCE) {
                publisher.send(PubRel.success(1));
            }
        }
        publisher.drop();
        Peer made = member(heir);
        bus.loops.advance(100);
        if (!isThere) {
            made.drop();
            bus.loops.advance(100);
        }
        return made;
    }

    /// The client of the giver starts anew.
    private RecordedConnection startClean() {
        RecordedConnection connection = new RecordedConnection(ProtocolVersion.MQTT_5);
        bus.loops.later(
                1,
                () ->
                        bus.broker.connect(
                                connectPacket(
                                        ProtocolVersion.MQTT_5,
                                        giver,
                                        true,
                                        SESSION_LIFETIME,
                                        null),
                                giver,
                                false,
                                login("p", RIGHTS, Long.MAX_VALUE),
                                connection));
        return connection;
    }

    private void run(int steps) {
        for (int i = 0; i < steps && bus.loops.step(); i++) {
            // until the kill
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = QoS.class,
            names = {"AT_LEAST_ONCE", "EXACTLY_ONCE"})
    void aKillLeavesEachMessageWithOneOfThem(QoS qos) {
        for (int loop : new int[] {1, 2}) {
            int steps = 1;
            for (boolean ended = false; !ended; steps += 1 + steps / 4) {
                String heir = bus.idOn(loop, "heir");
                Peer before = prepare(heir, qos, steps % 2 == 0);
                RecordedConnection anew = startClean();
                run(steps);
                ended = !anew.packets(ConnAck.class).isEmpty();
                List<Delivered> sent = before.connection.takeDeliveries();
                bus.kill();
                String moment = "%s, loop %d, after %d steps".formatted(qos, loop, steps);
                isWithOneOfThem(moment, sent, bus.persistent(heir), bus.persistent(giver));
                forget(heir);
                forget(giver);
            }
            assertThat(steps).isGreaterThan(10);
        }
    }

    private static void isWithOneOfThem(
            String moment, List<Delivered> sent, Peer heir, Peer giver) {
        List<String> both = new ArrayList<>(heir.connection.payloads());
        both.addAll(giver.connection.payloads());
        assertThat(both).as(moment).containsExactlyInAnyOrderElementsOf(payloads(MESSAGES));
        Set<String> seen = new HashSet<>();
        sent.forEach(delivered -> seen.add(delivered.payload()));
        assertThat(giver.connection.payloads()).as(moment).noneMatch(seen::contains);
        for (Delivered again : heir.connection.deliveries()) {
            assertThat(again.dup() || !seen.contains(again.payload())).as(moment).isTrue();
        }
    }

    private void forget(String id) {
        // Nobody else is in the group then.
        bus.connect(id, true, 0, null).drop();
        bus.loops.advance(100);
    }

    @Test
    void theyGoOverInTheirOrderAndAFewAtATime() {
        String heir = bus.idOn(2, "heir");
        prepare(heir, QoS.AT_LEAST_ONCE, false);
        RecordedConnection anew = startClean();
        int before = store.written();
        int most = 0;
        while (bus.loops.step()) {
            most = Math.max(most, store.written() - before);
            before = store.written();
        }
        // Of each message a record with the heir, and two deletions with the giver.
        assertThat(most).isBetween(PART, 4 * PART);
        assertThat(anew.last(ConnAck.class).sessionPresent()).isFalse();
        assertThat(bus.persistent(heir).connection.payloads())
                .containsExactlyElementsOf(payloads(MESSAGES));
    }

    @Test
    void aMessageIsNotLostToAFullHeir() {
        BrokerFixture small =
                BrokerFixture.durable(
                        3,
                        BrokerFixture.limits(BrokerFixture.queue(4), 1 << 20),
                        DurabilityPolicy.DEFAULT,
                        new SimulatedStore(new Random(1)));
        String heir = small.idOn(2, "heir");
        small.persistent(giver).subscribe(GROUP, QoS.AT_LEAST_ONCE).drop();
        small.persistent(heir)
                .subscribe(GROUP, QoS.AT_LEAST_ONCE)
                .subscribe("own", QoS.AT_LEAST_ONCE)
                .drop();
        Peer publisher = small.connect("p");
        for (int i = 0; i < 4; i++) {
            publisher.publish("own", "own" + i, QoS.AT_LEAST_ONCE, 1);
        }
        for (int i = 0; i < 4; i++) {
            publisher.publish("t", "m" + i, QoS.AT_LEAST_ONCE, 1);
        }
        small.connect(giver, true, 0, null);
        small.loops.advance(100);
        small.kill();
        assertThat(small.persistent(heir).connection.payloads())
                .containsExactly("own0", "own1", "own2", "own3", "m0", "m1", "m2", "m3");
    }

    /// A graceful stop ends clean sessions too.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aStopWaitsForWhatGoesOver(int loop) {
        bus.connect(giver).subscribe(GROUP, QoS.AT_LEAST_ONCE).writable(false);
        Peer publisher = bus.connect(bus.idOn(0, "p"));
        payloads(MESSAGES).forEach(it -> publisher.publish("t", it, QoS.AT_LEAST_ONCE, 1));
        String heir = bus.idOn(loop, "heir");
        member(heir).drop();
        bus.loops.advance(100);
        CompletableFuture<Void> stopped = bus.broker.shutdown().toCompletableFuture();
        while (!stopped.isDone()) {
            assertThat(bus.loops.step()).isTrue();
        }
        bus.kill();
        assertThat(bus.persistent(heir).connection.payloads())
                .containsExactlyElementsOf(payloads(MESSAGES));
    }

    /// A clean session has no records, and its messages are in memory alone.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whatACleanSessionLeavesGoesOverToo(int loop) {
        Peer leaving = bus.connect(giver).subscribe(GROUP, QoS.AT_LEAST_ONCE).writable(false);
        Peer publisher = bus.connect(bus.idOn(0, "p"));
        payloads(MESSAGES).forEach(it -> publisher.publish("t", it, QoS.AT_LEAST_ONCE, 1));
        String heir = bus.idOn(loop, "heir");
        member(heir).drop();
        leaving.drop();
        bus.loops.advance(100);
        bus.kill();
        assertThat(bus.persistent(heir).connection.payloads())
                .containsExactlyElementsOf(payloads(MESSAGES));
    }

    @Test
    void withoutAnHeirNothingIsHeldAnyMore() {
        member(giver).drop();
        Peer publisher = bus.connect(bus.idOn(0, "p"));
        payloads(MESSAGES).forEach(it -> publisher.publish("t", it, QoS.AT_LEAST_ONCE, 1));
        publisher.drop();
        assertThat(bus.broker.heldBytes()).isGreaterThan(0);
        bus.loops.advance(SESSION_LIFETIME * 1000 + 1000);
        assertThat(bus.broker.heldBytes()).isZero();
        assertThat(bus.broker.sessionCount()).isZero();
    }
}
