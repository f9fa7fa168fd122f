package eu.sermas.bus.broker;

import static eu.sermas.bus.broker.BrokerFixture.message;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.broker.RecordedConnection.Delivered;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.simulation.SimulatedStore;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Messages that are on their way from one loop to a session of another one when it ends.
class EndedSessionTest {

    private static final int PUBLISHER = 0;
    private static final int MEMBER = 1;
    private static final int OTHER = 2;
    private static final String GROUP = "$share/g/t";

    private final SimulatedStore store = new SimulatedStore(new Random(1));
    private final BrokerFixture bus =
            BrokerFixture.durable(3, Limits.DEFAULT, DurabilityPolicy.DEFAULT, store);
    private final String publisherId = bus.idOn(PUBLISHER, "p");
    private final String memberId = bus.idOn(MEMBER, "m");

    /// A clean member that is connected, so that it is chosen before those who are away.
    private Peer leaving() {
        return bus.connect(memberId).subscribe(GROUP, QoS.EXACTLY_ONCE);
    }

    private String away(int loop) {
        String id = bus.idOn(loop, "away");
        bus.persistent(id).subscribe(GROUP, QoS.EXACTLY_ONCE).drop();
        bus.loops.advance(100);
        return id;
    }

    private static int answers(Peer publisher) {
        return publisher.connection.packets(PubAck.class).size()
                + publisher.connection.packets(PubRec.class).size();
    }

    @Test
    void nothingIsHeldForSubscribersThatLeave() {
        Peer publisher = bus.connect(publisherId);
        for (int i = 0; i < 20; i++) {
            Peer subscriber = bus.connect(memberId).subscribe("t", QoS.AT_LEAST_ONCE);
            publisher.sendAndThen(
                    message("t", "x".repeat(100_000), QoS.AT_LEAST_ONCE, 1), subscriber::dropLater);
        }
        assertThat(answers(publisher)).isEqualTo(20);
        bus.loops.advance(1_000);
        assertThat(bus.broker.heldBytes()).isZero();
    }

    @Test
    void aMessageOfASharedSubscriptionGoesToAnotherMemberOnTheSamePromise() {
        for (int loop : List.of(PUBLISHER, MEMBER, OTHER)) {
            for (QoS qos : List.of(QoS.AT_LEAST_ONCE, QoS.EXACTLY_ONCE)) {
                String heir = away(loop);
                Peer member = leaving();
                Peer publisher = bus.persistent(publisherId);
                store.busy(true);
                publisher.sendAndThen(message("t", "m", qos, 7), member::dropLater);
                assertThat(member.connection.deliveries()).isEmpty();
                assertThat(answers(publisher)).as("nobody has it for sure").isZero();
                store.busy(false);
                bus.loops.settle();
                assertThat(answers(publisher)).as("%s, heir on loop %s", qos, loop).isOne();

                bus.kill();
                if (qos == QoS.EXACTLY_ONCE) {
                    publisher = bus.persistent(publisherId).send(message("t", "m", qos, 7));
                    publisher.send(PubRel.success(7));
                    assertThat(publisher.connection.packets(PubComp.class)).hasSize(1);
                }
                Peer back = bus.persistent(heir);
                assertThat(back.connection.payloads()).containsExactly("m");
                leave(back);
            }
        }
    }

    /// Takes what it was sent and ends its session.
    private void leave(Peer peer) {
        for (Delivered delivered : peer.connection.takeDeliveries()) {
            if (delivered.qos() == QoS.AT_LEAST_ONCE) {
                peer.ack(delivered.packetId());
            } else {
                peer.send(PubRec.success(delivered.packetId()));
                peer.send(PubComp.success(delivered.packetId()));
            }
        }
        String id = bus.idOn(peer.loop, "away");
        bus.connect(id, true, 0, null).drop();
        bus.loops.advance(100);
        assertThat(bus.gauge("queued_bytes") + bus.gauge("inflight_bytes")).isZero();
    }

    @Test
    void withoutAnotherMemberAMessageIsGoneAsTheSubscriptionIs() {
        Peer member = leaving();
        Peer publisher = bus.connect(publisherId);
        for (QoS qos : List.of(QoS.AT_LEAST_ONCE, QoS.EXACTLY_ONCE)) {
            publisher.sendAndThen(message("t", "m", qos, 7), member::dropLater);
        }
        assertThat(answers(publisher)).isEqualTo(2);
        bus.loops.advance(1_000);
        assertThat(bus.broker.heldBytes()).isZero();
    }

    @Test
    void membersThatComeAndGoCostNoMessageOfAGroup() {
        String heir = away(OTHER);
        Peer publisher = bus.connect(publisherId);
        List<Peer> members =
                Stream.of("m", "n", "o", "q")
                        .map(prefix -> bus.connect(bus.idOn(MEMBER, prefix)))
                        .toList();
        members.forEach(member -> member.subscribe(GROUP, QoS.AT_LEAST_ONCE));
        for (int i = 1; i <= 8; i++) {
            Peer leaving = members.get((i - 1) / 2);
            publisher.sendAndThen(
                    message("t", "m" + i, QoS.AT_LEAST_ONCE, i),
                    () -> {
                        if (leaving.connection.closedWith() == null) {
                            leaving.connection.close(ReasonCode.SUCCESS, null);
                            leaving.dropLater();
                        }
                    });
        }
        assertThat(answers(publisher)).isEqualTo(8);
        assertThat(bus.persistent(heir).connection.payloads())
                .containsExactlyInAnyOrder("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8");
    }
}
