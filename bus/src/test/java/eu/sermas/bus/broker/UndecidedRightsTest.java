package eu.sermas.bus.broker;

import static eu.sermas.bus.broker.BrokerFixture.connectPacket;
import static eu.sermas.bus.broker.BrokerFixture.login;
import static eu.sermas.bus.broker.BrokerFixture.will;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/// Rights for which somebody has to be asked: what waits for the answer, and in which order.
class UndecidedRightsTest {

    private static final Verdict NO = Verdict.denied(Rule.REMOTE, "no");

    private BrokerFixture bus = new BrokerFixture(2);
    private final Asked rights = new Asked();

    /// Rights that are decided by the test, name by name.
    private static final class Asked extends MadeUpRights {

        private final Map<String, CompletableFuture<Verdict>> answers = new HashMap<>();
        private long reviewMillis = 60_000;

        private CompletableFuture<Verdict> answer(String name) {
            return answers.computeIfAbsent(name, _ -> new CompletableFuture<>());
        }

        void decide(String name, Verdict verdict) {
            answer(name).complete(verdict);
        }

        @Override
        public Verdict mayPublish(Topic topic) {
            return answer(topic.name()).getNow(Verdict.UNDECIDED);
        }

        @Override
        public Verdict maySubscribe(TopicFilter filter) {
            return answer(filter.text()).getNow(Verdict.UNDECIDED);
        }

        @Override
        public CompletionStage<Verdict> decidePublish(Topic topic) {
            return answer(topic.name());
        }

        @Override
        public CompletionStage<Verdict> decideSubscribe(TopicFilter filter) {
            return answer(filter.text());
        }

        @Override
        public long reviewMillis() {
            return reviewMillis;
        }
    }

    private Peer asked(String clientId, long expiry) {
        return bus.connect(
                connectPacket(ProtocolVersion.MQTT_5, clientId, expiry == 0, expiry, null),
                login("asked", rights, Long.MAX_VALUE));
    }

    private Peer watcher() {
        Peer watcher = bus.connect("watcher");
        watcher.subscribe("#", QoS.AT_LEAST_ONCE);
        bus.loops.settle();
        return watcher;
    }

    @Test
    void aPublisherIsNotReadFromUntilItIsDecided() {
        Peer watcher = watcher();
        Peer peer = asked("c", 0);
        peer.publish("a", "1", QoS.AT_LEAST_ONCE, 1);
        bus.loops.settle();
        assertThat(peer.connection.isReading()).isFalse();
        assertThat(watcher.connection.payloads()).isEmpty();
        rights.decide("a", Verdict.ALLOWED);
        bus.loops.settle();
        assertThat(peer.connection.isReading()).isTrue();
        peer.publish("a", "2", QoS.AT_LEAST_ONCE, 2);
        bus.loops.settle();
        assertThat(watcher.connection.payloads()).containsExactly("1", "2");
        assertThat(peer.connection.packets(PubAck.class))
                .extracting(PubAck::packetId)
                .containsExactly(1, 2);
    }

    @Test
    void aRefusalComesLateToo() {
        Peer peer = asked("c", 0);
        peer.publish("a", "1", QoS.AT_LEAST_ONCE, 1);
        rights.decide("a", NO);
        bus.loops.settle();
        assertThat(peer.connection.last(PubAck.class).reasonCode())
                .isEqualTo(ReasonCode.NOT_AUTHORIZED);
    }

    @Test
    void aMessageThatNobodySendsAgainIsPublishedThoughItsClientHasEnded() {
        Peer watcher = watcher();
        asked("c", 0).publish("a", "last words", QoS.AT_MOST_ONCE, 0).drop();
        bus.loops.settle();
        rights.decide("a", Verdict.ALLOWED);
        bus.loops.settle();
        assertThat(watcher.connection.payloads()).containsExactly("last words");
    }

    @Test
    void whoHasLostItsConnectionPublishesNothingThatItWouldSendAgain() {
        Peer watcher = watcher();
        asked("once", 3600).publish("a", "1", QoS.AT_LEAST_ONCE, 1).drop();
        asked("twice", 3600).publish("a", "2", QoS.EXACTLY_ONCE, 2).drop();
        bus.loops.settle();
        rights.decide("a", Verdict.ALLOWED);
        bus.loops.settle();
        assertThat(watcher.connection.payloads()).isEmpty();
        asked("twice", 3600).publish("a", "another", QoS.EXACTLY_ONCE, 2);
        bus.loops.settle();
        assertThat(watcher.connection.payloads()).containsExactly("another");
    }

    @Test
    void whoIsTakenOverPublishesNothingMore() {
        Peer watcher = watcher();
        Peer before = asked("c", 3600).publish("a", "1", QoS.AT_MOST_ONCE, 0);
        asked("c", 3600);
        bus.loops.settle();
        rights.decide("a", Verdict.ALLOWED);
        bus.loops.settle();
        assertThat(watcher.connection.payloads()).isEmpty();
        assertThat(before.connection.closedWith()).isEqualTo(ReasonCode.SESSION_TAKEN_OVER);
    }

    @Test
    void aMessageThatComesAgainOnAnotherConnectionIsPublishedOnce() {
        Peer watcher = watcher();
        Peer before = asked("c", 3600).publish("a", "m", QoS.EXACTLY_ONCE, 5);
        bus.loops.settle();
        Peer again = asked("c", 3600);
        again.publish("a", "m", QoS.EXACTLY_ONCE, 5);
        bus.loops.settle();
        rights.decide("a", Verdict.ALLOWED);
        bus.loops.settle();
        assertThat(watcher.connection.payloads()).containsExactly("m");
        assertThat(before.connection.packets(PubRec.class)).isEmpty();
        assertThat(again.connection.packets(PubRec.class))
                .extracting(PubRec::reasonCode)
                .containsExactly(ReasonCode.SUCCESS);
    }

    @Test
    void aMessageThatComesAgainWhileItWaitsIsAskedForOnce() {
        Peer watcher = watcher();
        Peer peer = asked("c", 3600).publish("a", "m", QoS.EXACTLY_ONCE, 5);
        peer.publish("a", "m", QoS.EXACTLY_ONCE, 5);
        bus.loops.settle();
        rights.decide("a", Verdict.ALLOWED);
        bus.loops.settle();
        assertThat(watcher.connection.payloads()).containsExactly("m");
        assertThat(peer.connection.packets(PubRec.class)).hasSize(2);
    }

    @Test
    void whatWaitsCountsInTheReceiveMaximum() {
        Limits limits = BrokerFixture.limits(BrokerFixture.queue(10), 1 << 20);
        bus = new BrokerFixture(2, limits, 1);
        Peer peer = asked("c", 0);
        int most = limits.receiveMaximum();
        for (int i = 1; i <= most; i++) {
            peer.publish("a", "m", QoS.AT_LEAST_ONCE, i);
        }
        assertThat(peer.connection.closedWith()).isNull();
        peer.publish("a", "m", QoS.AT_LEAST_ONCE, most + 1);
        assertThat(peer.connection.closedWith()).isEqualTo(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED);
    }

    @Test
    void aSubscriptionOfOneWhoIsGoneIsDropped() {
        Peer peer = asked("c", 3600);
        peer.subscribe("a", QoS.AT_LEAST_ONCE).drop();
        bus.loops.settle();
        rights.decide("a", Verdict.ALLOWED);
        Peer again = asked("c", 3600);
        bus.connect("writer").publish("a", "unheard", QoS.AT_LEAST_ONCE, 1);
        bus.loops.settle();
        assertThat(again.connection.payloads()).isEmpty();
    }

    @Test
    void aSubscriptionWaitsForItsAnswer() {
        Peer peer = asked("c", 0);
        peer.subscribe("a", QoS.AT_LEAST_ONCE);
        bus.loops.settle();
        assertThat(peer.connection.packets(SubAck.class)).isEmpty();
        rights.decide("a", Verdict.ALLOWED);
        bus.loops.settle();
        assertThat(peer.connection.last(SubAck.class).reasonCodes())
                .containsExactly(ReasonCode.GRANTED_QOS_1);
    }

    @Test
    void aWillWaitsForItsAnswer() {
        Peer watcher = watcher();
        bus.connect(
                        connectPacket(ProtocolVersion.MQTT_5, "w", true, 0, will("a", "bye", 0)),
                        login("asked", rights, Long.MAX_VALUE))
                .drop();
        bus.loops.settle();
        assertThat(watcher.connection.payloads()).isEmpty();
        rights.decide("a", Verdict.ALLOWED);
        bus.loops.settle();
        assertThat(watcher.connection.payloads()).containsExactly("bye");
    }

    @Test
    void aSessionIsTakenUpOnceItsSubscriptionsAreDecided() {
        rights.decide("a", Verdict.ALLOWED);
        rights.decide("b", Verdict.ALLOWED);
        Peer before = asked("c", 3600);
        before.subscribe("a", QoS.AT_LEAST_ONCE).subscribe("b", QoS.AT_LEAST_ONCE).drop();
        Peer writer = bus.connect("writer");
        writer.publish("a", "for a", QoS.AT_LEAST_ONCE, 1);
        writer.publish("b", "for b", QoS.AT_LEAST_ONCE, 2);
        bus.loops.settle();
        rights.answers.clear();
        Peer again = asked("c", 3600);
        bus.loops.settle();
        assertThat(again.connection.packets(ConnAck.class)).isEmpty();
        rights.decide("a", NO);
        rights.decide("b", Verdict.ALLOWED);
        bus.loops.settle();
        assertThat(again.connection.packets(ConnAck.class)).hasSize(1);
        assertThat(again.connection.payloads()).containsExactly("for b");
        assertThat(again.connection.isReading()).isTrue();
    }

    @Test
    void subscriptionsAreReviewedInTime() {
        rights.decide("a", Verdict.ALLOWED);
        rights.reviewMillis = 1_000;
        Peer peer = asked("c", 0);
        peer.subscribe("a", QoS.AT_LEAST_ONCE);
        bus.loops.settle();
        rights.answers.clear();
        rights.decide("a", NO);
        bus.loops.advance(2_000);
        bus.loops.settle();
        bus.connect("writer").publish("a", "unheard", QoS.AT_LEAST_ONCE, 1);
        bus.loops.settle();
        assertThat(peer.connection.payloads()).isEmpty();
    }

    @Test
    void aSessionThatHasEndedSubscribesToNothingWhenTheAnswerComes() {
        Peer peer = asked("c", 0);
        peer.subscribe("s", QoS.AT_LEAST_ONCE).drop();
        rights.decide("s", Verdict.ALLOWED);
        bus.loops.settle();
        assertThat(bus.broker.router().subscriptions().size()).isZero();
    }
}
