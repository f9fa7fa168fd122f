package eu.sermas.bus.broker;

import static eu.sermas.bus.broker.BrokerFixture.connectPacket;
import static eu.sermas.bus.broker.BrokerFixture.login;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Messages that are judged when their head is there, and end later.
class RefusedHeadTest {

    private final BrokerFixture bus = new BrokerFixture(2);
    private final Changing rights = new Changing();

    /// Rights that change while a message is under way.
    private static final class Changing extends MadeUpRights {
        private Verdict verdict = Verdict.denied(Rule.MISSING_GRANT, "missing grant: a");

        @Override
        public Verdict mayPublish(Topic topic) {
            return verdict;
        }

        @Override
        public Verdict maySubscribe(TopicFilter filter) {
            return Verdict.ALLOWED;
        }

        @Override
        public long reviewMillis() {
            return 1_000; // so that they are asked each time
        }
    }

    private static Publish head(@Nullable String topic, QoS qos, Properties properties) {
        return new Publish(
                topic == null ? null : Topic.of(topic),
                new byte[0],
                qos,
                false,
                false,
                qos == QoS.AT_MOST_ONCE ? 0 : 7,
                properties);
    }

    private Peer peer() {
        return bus.connect(
                connectPacket(ProtocolVersion.MQTT_5, "c", true, 0, null),
                login("p", rights, Long.MAX_VALUE));
    }

    private static <T extends Packet> T last(Peer peer, Class<T> kind) {
        return peer.connection.packets(kind).getLast();
    }

    @Test
    void itIsRefusedAtItsEndWhateverHasChanged() {
        Peer watcher = bus.connect("watcher");
        watcher.subscribe("#", QoS.AT_MOST_ONCE);
        Peer peer = peer();
        Publish once = head("a", QoS.AT_LEAST_ONCE, Properties.NONE);
        assertThat(peer.refuses(once)).isTrue();
        rights.verdict = Verdict.ALLOWED;
        peer.send(once);
        bus.loops.settle();
        assertThat(last(peer, PubAck.class).reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
        assertThat(watcher.connection.messages()).isEmpty();
        assertThat(peer.refuses(head("a", QoS.AT_LEAST_ONCE, Properties.NONE))).isFalse();
    }

    @Test
    void itsAliasCountsAndItsIdentifierIsFreeAgain() {
        Peer peer = peer();
        Properties alias = Properties.builder().add(Property.TOPIC_ALIAS, 1L).build();
        Publish first = head("a", QoS.EXACTLY_ONCE, alias);
        assertThat(peer.refuses(first)).isTrue();
        peer.send(first);
        assertThat(last(peer, PubRec.class).reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
        rights.verdict = Verdict.ALLOWED;
        Publish second = head(null, QoS.EXACTLY_ONCE, alias);
        assertThat(peer.refuses(second)).isFalse();
        peer.send(second);
        bus.loops.settle();
        assertThat(last(peer, PubRec.class).reasonCode().isError()).isFalse();
    }

    @Test
    void whatSomebodyElseDecidesIsGathered() {
        rights.verdict = Verdict.UNDECIDED;
        assertThat(peer().refuses(head("a", QoS.AT_MOST_ONCE, Properties.NONE))).isFalse();
    }
}
