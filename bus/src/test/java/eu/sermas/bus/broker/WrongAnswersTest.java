package eu.sermas.bus.broker;

import static eu.sermas.bus.broker.BrokerFixture.RIGHTS;
import static eu.sermas.bus.broker.BrokerFixture.connectPacket;
import static eu.sermas.bus.broker.BrokerFixture.login;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a client says of a message that waits for something else, and of topic aliases that nobody
/// has set.
class WrongAnswersTest {

    /// A state of one message, and the packets that may not come in it.
    enum Case {
        PUBREC_FOR_QOS_1(QoS.AT_LEAST_ONCE, false, PubRec.success(1)),
        REFUSING_PUBREC_FOR_QOS_1(
                QoS.AT_LEAST_ONCE,
                false,
                new PubRec(1, ReasonCode.UNSPECIFIED_ERROR, Properties.NONE)),
        PUBCOMP_FOR_QOS_1(QoS.AT_LEAST_ONCE, false, PubComp.success(1)),
        PUBACK_FOR_QOS_2(QoS.EXACTLY_ONCE, false, PubAck.success(1)),
        PUBCOMP_BEFORE_PUBREC(QoS.EXACTLY_ONCE, false, PubComp.success(1)),
        PUBACK_AFTER_PUBREC(QoS.EXACTLY_ONCE, true, PubAck.success(1));

        private final QoS qos;
        private final boolean received;
        private final Packet wrong;

        Case(QoS qos, boolean received, Packet wrong) {
            this.qos = qos;
            this.received = received;
            this.wrong = wrong;
        }
    }

    private final BrokerFixture bus = new BrokerFixture(2);

    private Peer connect(ProtocolVersion version, boolean clean) {
        return bus.connect(
                connectPacket(version, "s", clean, 0, null), login("p", RIGHTS, Long.MAX_VALUE));
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerOfTheWrongKindEndsTheConnection(Case each) {
        for (ProtocolVersion version : ProtocolVersion.values()) {
            Peer peer = connect(version, true).subscribe("t", each.qos);
            bus.connect("p").publish("t", "m", each.qos, 1);
            assertThat(peer.connection.deliveries()).hasSize(1);
            assertThat(peer.connection.deliveries().getFirst().packetId()).isEqualTo(1);
            if (each.received) {
                peer.send(PubRec.success(1));
            }
            assertThat(peer.connection.closedWith()).isNull();
            peer.send(each.wrong);
            assertThat(peer.connection.closedWith())
                    .as("%s", version)
                    .isEqualTo(ReasonCode.PROTOCOL_ERROR);
            assertThat(peer.connection.closedBecause())
                    .contains("packet identifier 1, which waits for another answer");
        }
    }

    /// Answers to what is over come late, or twice.
    @ParameterizedTest
    @EnumSource
    void anAnswerThatBelongsToNothingIsPassedOver(ProtocolVersion version) {
        Peer peer = connect(version, true).subscribe("t", QoS.EXACTLY_ONCE);
        peer.send(PubAck.success(7)).send(PubComp.success(7)).send(PubRec.success(7));
        bus.connect("p").publish("t", "m", QoS.EXACTLY_ONCE, 1);
        peer.send(PubRec.success(1)).send(PubRec.success(1));
        assertThat(peer.connection.packets(PubRel.class)).hasSize(3);
        peer.send(PubComp.success(1)).send(PubComp.success(1));
        assertThat(peer.connection.closedWith()).isNull();
    }

    /// A client that comes back may still answer what it got before: under the same identifier
    /// there may be another message by now, of which it knows nothing yet.
    @Test
    void anAnswerToAnEarlierConnectionIsPassedOver() {
        Peer before = bus.persistent("s", 1).subscribe("t", QoS.EXACTLY_ONCE);
        Peer publisher = bus.connect("p");
        publisher.publish("t", "1", QoS.EXACTLY_ONCE, 1);
        publisher.publish("t", "2", QoS.AT_LEAST_ONCE, 2);
        before.send(PubRec.success(1));
        before.drop();
        Peer again = bus.persistent("s", 1);
        assertThat(again.connection.last(PubRel.class).packetId()).isEqualTo(1);
        again.send(PubAck.success(1));
        assertThat(again.connection.closedWith()).isNull();
    }

    @Test
    void anAliasThatNobodySetIsAProtocolErrorAndOneOutOfRangeIsInvalid() {
        assertThat(closedFor(10)).isEqualTo(ReasonCode.PROTOCOL_ERROR);
        assertThat(closedFor(Limits.DEFAULT.topicAliasMaximum() + 1))
                .isEqualTo(ReasonCode.TOPIC_ALIAS_INVALID);
    }

    private @Nullable ReasonCode closedFor(int alias) {
        Properties properties = Properties.builder().add(Property.TOPIC_ALIAS, alias).build();
        Peer peer = bus.connect("p");
        peer.send(new Publish(null, new byte[0], QoS.AT_MOST_ONCE, false, false, 0, properties));
        return peer.connection.closedWith();
    }
}
