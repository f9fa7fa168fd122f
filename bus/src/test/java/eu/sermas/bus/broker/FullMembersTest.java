package eu.sermas.bus.broker;

import static eu.sermas.bus.broker.BrokerFixture.message;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A shared subscription of which some members have no room.
class FullMembersTest {

    private static final int ROOM = 4;
    private static final String GROUP = "$share/g/t";

    private final BrokerFixture bus =
            new BrokerFixture(3, BrokerFixture.limits(BrokerFixture.queue(ROOM), 1 << 20), 1);

    private String away(int loop) {
        String id = bus.idOn(loop, "away");
        bus.persistent(id)
                .subscribe(GROUP, QoS.AT_LEAST_ONCE)
                .subscribe("own/" + loop, QoS.AT_LEAST_ONCE)
                .drop();
        return id;
    }

    private static List<ReasonCode> answers(Peer publisher) {
        return publisher.connection.packets(PubAck.class).stream().map(PubAck::reasonCode).toList();
    }

    private List<String> received(String id) {
        return bus.persistent(id).connection.payloads();
    }

    @Test
    void aMessageGoesToAMemberWithRoomWhileThereIsOne() {
        String full = away(1);
        String roomy = away(2);
        Peer publisher = bus.connect(bus.idOn(0, "p"));
        for (int i = 1; i <= ROOM; i++) {
            publisher.publish("own/1", "own", QoS.AT_LEAST_ONCE, i);
        }
        for (int i = 1; i <= ROOM; i++) {
            publisher.publish("t", "m" + i, QoS.AT_LEAST_ONCE, i);
        }
        assertThat(answers(publisher)).hasSize(2 * ROOM).containsOnly(ReasonCode.SUCCESS);
        assertThat(bus.metrics.value(Count.MESSAGES_DROPPED)).isZero();
        publisher.publish("t", "too much", QoS.AT_LEAST_ONCE, 9);
        assertThat(answers(publisher)).last().isEqualTo(ReasonCode.QUOTA_EXCEEDED);
        assertThat(bus.metrics.value(Count.MESSAGES_DROPPED)).isEqualTo(1);
        assertThat(received(roomy)).containsExactly("m1", "m2", "m3", "m4");
        assertThat(received(full)).containsOnly("own");
    }

    /// What the publisher's loop knows of members on other loops is late.
    @Test
    void aMemberThatTurnsOutToBeFullPassesItsMessagesOn() {
        String one = away(1);
        String other = away(2);
        Peer publisher = bus.connect(bus.idOn(0, "p"));
        for (int i = 1; i < ROOM; i++) {
            publisher.publish("own/1", "own", QoS.AT_LEAST_ONCE, i);
        }
        publisher.sendAndThen(
                message("t", "m0", QoS.AT_LEAST_ONCE, 4),
                () -> {
                    for (int i = 1; i <= ROOM; i++) {
                        publisher.receive(message("t", "m" + i, QoS.AT_LEAST_ONCE, 4 + i));
                    }
                });
        assertThat(answers(publisher)).hasSize(2 * ROOM).containsOnly(ReasonCode.SUCCESS);
        assertThat(received(one)).hasSize(ROOM);
        assertThat(received(other)).hasSize(ROOM);
        assertThat(bus.metrics.value(Count.MESSAGES_DROPPED)).isZero();
    }
}
