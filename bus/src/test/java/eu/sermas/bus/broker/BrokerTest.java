package eu.sermas.bus.broker;

import static eu.sermas.bus.broker.BrokerFixture.RIGHTS;
import static eu.sermas.bus.broker.BrokerFixture.SESSION_LIFETIME;
import static eu.sermas.bus.broker.BrokerFixture.connectPacket;
import static eu.sermas.bus.broker.BrokerFixture.login;
import static eu.sermas.bus.broker.BrokerFixture.will;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Denial;
import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.access.PayloadCheck;
import eu.sermas.bus.access.PayloadChecks;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.PingReq;
import eu.sermas.bus.packet.PingResp;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.RetainHandling;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.UnsubAck;
import eu.sermas.bus.packet.Unsubscribe;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The broker on four simulated loops: every rule is seen to hold whichever loops the clients are
/// on.
class BrokerTest {

    private static final int CLIENTS = 12;

    private final BrokerFixture bus = new BrokerFixture(4);

    @Test
    void deliversToEveryLoopInTheOrderOfThePublisher() {
        List<Peer> subscribers =
                IntStream.range(0, CLIENTS)
                        .mapToObj(i -> bus.connect("s" + i).subscribe("t/+", QoS.EXACTLY_ONCE))
                        .toList();
        assertThat(subscribers.stream().map(peer -> peer.loop).distinct()).hasSizeGreaterThan(1);
        Peer publisher = bus.connect("p");
        List<String> sent = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            publisher.publish("t/x", "m" + i, QoS.AT_LEAST_ONCE, i);
            sent.add("m" + i);
        }
        for (Peer subscriber : subscribers) {
            assertThat(subscriber.connection.payloads()).isEqualTo(sent);
        }
        assertThat(publisher.connection.packets(PubAck.class))
                .extracting(PubAck::packetId)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 20).boxed().toList());
    }

    @Test
    void acknowledgesOnlyWhenTheSessionsOfOtherLoopsHaveAnswered() {
        Peer publisher = bus.connect("p");
        String elsewhere =
                IntStream.range(0, 100)
                        .mapToObj(i -> "s" + i)
                        .filter(
                                id ->
                                        bus.broker.ownerOf(login("p", RIGHTS, 0).principal(), id)
                                                != publisher.loop)
                        .findFirst()
                        .orElseThrow();
        Peer subscriber = bus.connect(elsewhere).subscribe("t", QoS.AT_LEAST_ONCE);
        publisher.publish("t", "m", QoS.AT_LEAST_ONCE, 7);
        assertThat(subscriber.connection.payloads()).containsExactly("m");
        PubAck ack = publisher.connection.last(PubAck.class);
        assertThat(ack.reasonCode()).isEqualTo(ReasonCode.SUCCESS);
    }

    @Test
    void tellsAPublisherThatNobodySubscribes() {
        Peer publisher = bus.connect("p").publish("t", "m", QoS.AT_LEAST_ONCE, 7);
        assertThat(publisher.connection.last(PubAck.class).reasonCode())
                .isEqualTo(ReasonCode.NO_MATCHING_SUBSCRIBERS);
    }

    @Test
    void overlappingFiltersGiveOneCopyAtTheHighestQos() {
        Peer peer =
                bus.connect("s")
                        .subscribe("t/#", QoS.AT_MOST_ONCE)
                        .subscribe("t/+", QoS.EXACTLY_ONCE)
                        .subscribe("t/x", QoS.AT_LEAST_ONCE);
        bus.connect("p").publish("t/x", "m", QoS.EXACTLY_ONCE, 1);
        assertThat(peer.connection.deliveries())
                .singleElement()
                .satisfies(sent -> assertThat(sent.qos()).isEqualTo(QoS.EXACTLY_ONCE));
    }

    @Test
    void qos2GoesThroughItsFourStepsOnceEachWay() {
        Peer subscriber = bus.connect("s").subscribe("t", QoS.EXACTLY_ONCE);
        Peer publisher = bus.connect("p");
        publisher.publish("t", "m", QoS.EXACTLY_ONCE, 5);
        publisher.publish("t", "m", QoS.EXACTLY_ONCE, 5); // sent again before PUBREL
        assertThat(publisher.connection.packets(PubRec.class)).hasSize(2);
        publisher.send(PubRel.success(5));
        assertThat(publisher.connection.last(PubComp.class).reasonCode())
                .isEqualTo(ReasonCode.SUCCESS);
        publisher.send(PubRel.success(5));
        assertThat(publisher.connection.last(PubComp.class).reasonCode())
                .isEqualTo(ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);

        int id = subscriber.connection.deliveries().getFirst().packetId();
        assertThat(subscriber.connection.deliveries()).hasSize(1);
        subscriber.send(PubRec.success(id));
        assertThat(subscriber.connection.last(PubRel.class).packetId()).isEqualTo(id);
        subscriber.send(PubComp.success(id));
        subscriber.drop();
    }

    @Test
    void resumesInOrderWithDupThenDrainsTheQueue() {
        Peer first = bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE);
        Peer publisher = bus.connect("p");
        publisher.publish("t", "1", QoS.AT_LEAST_ONCE, 1);
        publisher.publish("t", "2", QoS.AT_LEAST_ONCE, 2);
        first.ack(first.connection.deliveries().getFirst().packetId());
        first.drop();
        publisher.publish("t", "3", QoS.AT_LEAST_ONCE, 3);
        Peer again = bus.persistent("s");
        assertThat(again.connection.last(ConnAck.class).sessionPresent()).isTrue();
        assertThat(again.connection.payloads()).containsExactly("2", "3");
        assertThat(again.connection.deliveries())
                .extracting(RecordedConnection.Delivered::dup)
                .containsExactly(true, false);
    }

    @Test
    void keepsToTheReceiveMaximumOfTheClient() {
        Peer subscriber =
                bus.connect(
                        new eu.sermas.bus.packet.Connect(
                                ProtocolVersion.MQTT_5,
                                "s",
                                true,
                                0,
                                null,
                                null,
                                null,
                                Properties.builder().add(Property.RECEIVE_MAXIMUM, 2).build()),
                        login("p", RIGHTS, Long.MAX_VALUE));
        subscriber.subscribe("t", QoS.AT_LEAST_ONCE);
        Peer publisher = bus.connect("p");
        for (int i = 1; i <= 5; i++) {
            publisher.publish("t", "m" + i, QoS.AT_LEAST_ONCE, i);
        }
        assertThat(subscriber.connection.payloads()).containsExactly("m1", "m2");
        subscriber.ack(subscriber.connection.deliveries().getFirst().packetId());
        assertThat(subscriber.connection.payloads()).containsExactly("m1", "m2", "m3");
    }

    @Test
    void aSlowConnectionLosesQos0AndKeepsTheRest() {
        Peer subscriber = bus.connect("s").subscribe("t", QoS.AT_LEAST_ONCE).writable(false);
        Peer publisher = bus.connect("p");
        publisher.publish("t", "gone", QoS.AT_MOST_ONCE, 0);
        publisher.publish("t", "kept", QoS.AT_LEAST_ONCE, 1);
        assertThat(subscriber.connection.payloads()).isEmpty();
        subscriber.writable(true);
        assertThat(subscriber.connection.payloads()).containsExactly("kept");
        assertThat(bus.metrics.value(Count.MESSAGES_DROPPED)).isEqualTo(1);
    }

    @Test
    void aFullQueueIsToldToThePublisher() {
        Limits small = BrokerFixture.limits(BrokerFixture.queue(2), 1 << 20);
        BrokerFixture tight = new BrokerFixture(2, small, 1);
        tight.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        Peer publisher = tight.connect("p");
        for (int i = 1; i <= 3; i++) {
            publisher.publish("t", "m" + i, QoS.AT_LEAST_ONCE, i);
        }
        assertThat(publisher.connection.packets(PubAck.class))
                .extracting(PubAck::reasonCode)
                .containsExactly(ReasonCode.SUCCESS, ReasonCode.SUCCESS, ReasonCode.QUOTA_EXCEEDED);
        assertThat(tight.persistent("s").connection.payloads()).containsExactly("m1", "m2");
    }

    @Test
    void takesASessionOverWithoutLoss() {
        Peer first = bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE);
        bus.connect("p").publish("t", "m", QoS.AT_LEAST_ONCE, 1);
        Peer second = bus.persistent("s");
        assertThat(first.connection.closedWith()).isEqualTo(ReasonCode.SESSION_TAKEN_OVER);
        assertThat(second.connection.payloads()).containsExactly("m");
        first.drop(); // the late word of the transport changes nothing
        bus.connect("q").publish("t", "n", QoS.AT_LEAST_ONCE, 1);
        assertThat(second.connection.payloads()).containsExactly("m", "n");
    }

    @Test
    void keepsClientIdsOfDifferentPrincipalsApart() {
        Peer one =
                bus.connect(
                        connectPacket(ProtocolVersion.MQTT_5, "same", true, 0, null),
                        login("p1", RIGHTS, Long.MAX_VALUE));
        bus.connect(
                connectPacket(ProtocolVersion.MQTT_5, "same", true, 0, null),
                login("p2", RIGHTS, Long.MAX_VALUE));
        assertThat(one.connection.closedWith()).isNull();
    }

    @Test
    void endsASessionWhenItsExpiryHasPassed() {
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        bus.loops.advance(SESSION_LIFETIME * 1000 + 1000);
        assertThat(bus.persistent("s").connection.last(ConnAck.class).sessionPresent()).isFalse();
    }

    @Test
    void cleanStartForgetsTheOldSession() {
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        Peer again = bus.connect("s", true, SESSION_LIFETIME, null);
        assertThat(again.connection.last(ConnAck.class).sessionPresent()).isFalse();
        bus.connect("p").publish("t", "m", QoS.AT_LEAST_ONCE, 1);
        assertThat(again.connection.payloads()).isEmpty();
    }

    @Test
    void publishesTheWillWhenTheConnectionIsLostAndNotAfterDisconnect() {
        Peer watcher = bus.connect("w").subscribe("will", QoS.AT_LEAST_ONCE);
        bus.connect("a", true, 0, will("will", "lost", 0)).drop();
        bus.connect("b", true, 0, will("will", "never", 0))
                .send(new Disconnect(ReasonCode.NORMAL_DISCONNECTION, Properties.NONE));
        bus.connect("c", true, 0, will("will", "asked", 0))
                .send(new Disconnect(ReasonCode.DISCONNECT_WITH_WILL_MESSAGE, Properties.NONE));
        assertThat(watcher.connection.payloads()).containsExactly("lost", "asked");
    }

    @Test
    void delaysTheWillUntilTheClientHasStayedAwayLongEnough() {
        Peer watcher = bus.connect("w").subscribe("will", QoS.AT_LEAST_ONCE);
        bus.connect("a", false, SESSION_LIFETIME, will("will", "late", 10)).drop();
        bus.loops.advance(9_000);
        assertThat(watcher.connection.payloads()).isEmpty();
        bus.loops.advance(1_500);
        assertThat(watcher.connection.payloads()).containsExactly("late");

        bus.connect("b", false, SESSION_LIFETIME, will("will", "never", 10)).drop();
        bus.loops.advance(5_000);
        bus.persistent("b");
        bus.loops.advance(20_000);
        assertThat(watcher.connection.payloads()).containsExactly("late");
    }

    /// MQTT.js subscribes to all its topics with one packet when it comes back, and Home Assistant
    /// has hundreds of them.
    @Test
    void oneSubscribeBringsAsManyFiltersAsASessionMayHave() {
        int most = Limits.DEFAULT.maxSubscriptions();
        List<Subscription> all =
                IntStream.rangeClosed(0, most)
                        .mapToObj(i -> TopicFilter.of("t/" + i))
                        .map(filter -> Subscription.of(filter, QoS.AT_MOST_ONCE))
                        .toList();
        Peer peer = bus.connect("s").send(new Subscribe(1, all.subList(0, most), Properties.NONE));
        assertThat(peer.connection.last(SubAck.class).reasonCodes())
                .hasSize(most)
                .containsOnly(ReasonCode.GRANTED_QOS_0);
        peer.send(new Subscribe(2, all.subList(most, most + 1), Properties.NONE));
        assertThat(peer.connection.last(SubAck.class).reasonCodes())
                .containsExactly(ReasonCode.QUOTA_EXCEEDED);
    }

    /// A clean start ends the session before it makes another one, and a will goes out with the end
    /// of its session if not before; only a connection to the same session holds it back.
    @Test
    void aCleanStartWithinTheDelayOfTheWillPublishesIt() {
        Peer watcher = bus.connect("w").subscribe("will", QoS.AT_LEAST_ONCE);
        bus.connect("a", false, SESSION_LIFETIME, will("will", "away", 10)).drop();
        bus.loops.advance(5_000);
        bus.connect("a", true, SESSION_LIFETIME, will("will", "of the next", 10));
        assertThat(watcher.connection.payloads()).containsExactly("away");
        bus.connect("a", true, SESSION_LIFETIME, null);
        assertThat(watcher.connection.payloads()).containsExactly("away", "of the next");
        bus.loops.advance(20_000);
        assertThat(watcher.connection.payloads()).hasSize(2);
    }

    @Test
    void theWillNeedsTheRightToPublish() {
        Peer watcher = bus.connect("w").subscribe("#", QoS.AT_LEAST_ONCE);
        bus.connect("a", true, 0, will("denied/t", "m", 0)).drop();
        assertThat(watcher.connection.payloads()).isEmpty();
        assertThat(bus.metrics.value(Count.PUBLISH_DENIED)).isEqualTo(1);
    }

    @Test
    void answersDenialsPerFilterAndKeepsTheConnection() {
        Peer peer = bus.connect("s");
        peer.send(
                new Subscribe(
                        9,
                        List.of(
                                Subscription.of(TopicFilter.of("denied/x"), QoS.AT_LEAST_ONCE),
                                Subscription.of(TopicFilter.of("t"), QoS.AT_LEAST_ONCE)),
                        Properties.NONE));
        SubAck ack = peer.connection.last(SubAck.class);
        assertThat(ack.reasonCodes())
                .containsExactly(ReasonCode.NOT_AUTHORIZED, ReasonCode.GRANTED_QOS_1);
        assertThat(ack.properties().text(Property.REASON_STRING))
                .isEqualTo("missing grant: denied");
        peer.publish("denied/x", "m", QoS.AT_LEAST_ONCE, 3);
        assertThat(peer.connection.last(PubAck.class).reasonCode())
                .isEqualTo(ReasonCode.NOT_AUTHORIZED);
        assertThat(peer.connection.closedWith()).isNull();
    }

    @Test
    void payloadsAreHeldAgainstTheCatalogueWhereAskedFor() {
        bus.broker.checkPayloads(
                PayloadChecks.of(
                        List.of(
                                new PayloadChecks.Choice(
                                        TopicFilter.of("app/+/ui/#"), PayloadCheck.Mode.OBSERVE),
                                new PayloadChecks.Choice(
                                        TopicFilter.of("app/+/xr/#"), PayloadCheck.Mode.REJECT)),
                        LiveCatalogue.standard()));
        List<Denial> told = new ArrayList<>();
        bus.broker.reportDenials(told::add);
        Peer watcher = bus.connect("w").subscribe("#", QoS.AT_MOST_ONCE);
        Peer peer = bus.connect("p");
        peer.publish("app/a/ui/content", "no JSON", QoS.AT_LEAST_ONCE, 1);
        assertThat(peer.connection.last(PubAck.class).reasonCode().isError()).isFalse();
        peer.publish("app/a/xr/occlusion", "{\"appId\":7}", QoS.AT_LEAST_ONCE, 2);
        PubAck refused = peer.connection.last(PubAck.class);
        assertThat(refused.reasonCode()).isEqualTo(ReasonCode.PAYLOAD_FORMAT_INVALID);
        assertThat(refused.properties().text(Property.REASON_STRING)).startsWith("payload at '");
        peer.publish("app/a/robotics/move", "no JSON", QoS.AT_LEAST_ONCE, 3);
        assertThat(watcher.connection.payloads()).containsExactly("no JSON", "no JSON");
        assertThat(told)
                .extracting(Denial::action)
                .containsExactly(Denial.Action.OBSERVE, Denial.Action.PUBLISH);
        assertThat(told).extracting(Denial::rule).containsOnly(Rule.PAYLOAD);
        assertThat(peer.connection.closedWith()).isNull();
    }

    @Test
    void mqtt3GetsAnOrdinaryAcknowledgementForADeniedPublish() {
        Peer peer =
                bus.connect(
                        connectPacket(ProtocolVersion.MQTT_3_1_1, "s", true, 0, null),
                        login("p", RIGHTS, Long.MAX_VALUE));
        Peer watcher = bus.connect("w").subscribe("#", QoS.AT_LEAST_ONCE);
        peer.publish("denied/x", "m", QoS.EXACTLY_ONCE, 3);
        assertThat(peer.connection.last(PubRec.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
        peer.send(PubRel.success(3));
        assertThat(peer.connection.last(PubComp.class).packetId()).isEqualTo(3);
        assertThat(watcher.connection.payloads()).isEmpty();
    }

    @Test
    void bringsRetainedMessagesAsTheOptionsSay() {
        Peer publisher = bus.connect("p");
        publisher.publish("r/1", "one", QoS.AT_LEAST_ONCE, 1, true, Properties.NONE);
        publisher.publish("r/2", "two", QoS.AT_LEAST_ONCE, 2, true, Properties.NONE);
        publisher.publish("r/2", "", QoS.AT_LEAST_ONCE, 3, true, Properties.NONE);
        Peer peer = bus.connect("s").subscribe("r/#", QoS.AT_MOST_ONCE);
        assertThat(peer.connection.takeDeliveries())
                .singleElement()
                .satisfies(
                        sent -> {
                            assertThat(sent.payload()).isEqualTo("one");
                            assertThat(sent.retain()).isTrue();
                        });
        subscribe(peer, "r/#", RetainHandling.SEND_IF_NEW);
        subscribe(peer, "r/+", RetainHandling.DO_NOT_SEND);
        assertThat(peer.connection.takeDeliveries()).isEmpty();
        subscribe(peer, "r/#", RetainHandling.SEND);
        assertThat(peer.connection.takeDeliveries()).hasSize(1);
        publisher.publish("r/1", "live", QoS.AT_LEAST_ONCE, 4, true, Properties.NONE);
        assertThat(peer.connection.takeDeliveries())
                .singleElement()
                .satisfies(sent -> assertThat(sent.retain()).isFalse());
    }

    private static void subscribe(Peer peer, String filter, RetainHandling handling) {
        peer.send(
                new Subscribe(
                        2,
                        List.of(
                                new Subscription(
                                        TopicFilter.of(filter),
                                        QoS.AT_MOST_ONCE,
                                        false,
                                        false,
                                        handling)),
                        Properties.NONE));
    }

    @Test
    void forgetsRetainedMessagesThatHaveExpired() {
        bus.connect("p")
                .publish(
                        "r",
                        "m",
                        QoS.AT_MOST_ONCE,
                        0,
                        true,
                        Properties.builder().add(Property.MESSAGE_EXPIRY_INTERVAL, 5).build());
        assertThat(bus.connect("s1").subscribe("r", QoS.AT_MOST_ONCE).connection.payloads())
                .containsExactly("m");
        bus.loops.advance(6_000);
        assertThat(bus.connect("s2").subscribe("r", QoS.AT_MOST_ONCE).connection.payloads())
                .isEmpty();
    }

    @Test
    void sharesBetweenTheMembersOfAGroupAndInheritsFromOneThatLeaves() {
        Peer one = bus.connect("m1").subscribe("$share/g/t", QoS.AT_LEAST_ONCE);
        Peer two = bus.connect("m2").subscribe("$share/g/t", QoS.AT_LEAST_ONCE);
        Peer publisher = bus.connect("p");
        for (int i = 1; i <= 10; i++) {
            publisher.publish("t", "m" + i, QoS.AT_LEAST_ONCE, i);
        }
        assertThat(one.connection.payloads()).hasSize(5);
        assertThat(two.connection.payloads()).hasSize(5);
        List<String> unacknowledged = List.copyOf(one.connection.payloads());
        one.drop();
        assertThat(two.connection.payloads()).hasSize(10).containsAll(unacknowledged);
    }

    @Test
    void unsubscribeSaysWhatWasHeld() {
        Peer peer = bus.connect("s").subscribe("t", QoS.AT_MOST_ONCE);
        peer.send(
                new Unsubscribe(
                        4, List.of(TopicFilter.of("t"), TopicFilter.of("u")), Properties.NONE));
        assertThat(peer.connection.last(UnsubAck.class).reasonCodes())
                .containsExactly(ReasonCode.SUCCESS, ReasonCode.NO_SUBSCRIPTION_EXISTED);
        bus.connect("p").publish("t", "m", QoS.AT_MOST_ONCE, 0);
        assertThat(peer.connection.payloads()).isEmpty();
    }

    @Test
    void closesASilentConnectionAndAnExpiredToken() {
        Peer silent =
                bus.connect(
                        new eu.sermas.bus.packet.Connect(
                                ProtocolVersion.MQTT_5,
                                "k",
                                true,
                                10,
                                null,
                                null,
                                null,
                                Properties.NONE),
                        login("p", RIGHTS, bus.loops.now() + 60_000));
        bus.loops.advance(14_000);
        silent.send(PingReq.INSTANCE);
        assertThat(silent.connection.packets(PingResp.class)).hasSize(1);
        bus.loops.advance(14_000);
        assertThat(silent.connection.closedWith()).isNull();
        bus.loops.advance(2_000);
        assertThat(silent.connection.closedWith()).isEqualTo(ReasonCode.KEEP_ALIVE_TIMEOUT);

        Peer expiring =
                bus.connect(
                        connectPacket(ProtocolVersion.MQTT_5, "e", true, 0, null),
                        login("p", RIGHTS, bus.loops.now() + 5_000));
        bus.loops.advance(4_000);
        assertThat(expiring.connection.closedWith()).isNull();
        bus.loops.advance(2_000);
        assertThat(expiring.connection.closedWith()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    }

    @Test
    void changedRightsActOnWhatIsHeld() {
        Peer peer = bus.persistent("s").subscribe("t/x", QoS.AT_LEAST_ONCE);
        AccessRights nothing =
                new MadeUpRights() {
                    @Override
                    public Verdict mayPublish(Topic topic) {
                        return Verdict.denied(Rule.MISSING_GRANT, "no");
                    }

                    @Override
                    public Verdict maySubscribe(TopicFilter filter) {
                        return Verdict.denied(Rule.MISSING_GRANT, "no");
                    }
                };
        await(bus.broker.changeRights("p", nothing));
        bus.connect(
                        connectPacket(ProtocolVersion.MQTT_5, "q", true, 0, null),
                        login("other", RIGHTS, Long.MAX_VALUE))
                .publish("t/x", "m", QoS.AT_LEAST_ONCE, 1);
        assertThat(peer.connection.payloads()).isEmpty();
        peer.publish("t/x", "m", QoS.AT_LEAST_ONCE, 2);
        assertThat(peer.connection.last(PubAck.class).reasonCode())
                .isEqualTo(ReasonCode.NOT_AUTHORIZED);
    }

    @Test
    void aRemovedPrincipalLosesItsConnectionsAndSessionsAndItsWillIsPublished() {
        Peer watcher =
                bus.connect(
                                connectPacket(ProtocolVersion.MQTT_5, "w", true, 0, null),
                                login("other", RIGHTS, Long.MAX_VALUE))
                        .subscribe("will", QoS.AT_LEAST_ONCE);
        Peer peer = bus.connect("s", false, SESSION_LIFETIME, will("will", "gone", 30));
        bus.persistent("offline").drop();
        await(bus.broker.remove("p", ReasonCode.ADMINISTRATIVE_ACTION, "client deleted"));
        assertThat(peer.connection.closedWith()).isEqualTo(ReasonCode.ADMINISTRATIVE_ACTION);
        assertThat(watcher.connection.payloads()).containsExactly("gone");
        assertThat(bus.persistent("offline").connection.last(ConnAck.class).sessionPresent())
                .isFalse();
    }

    @Test
    void publishesForThePlatformFromAnyThread() {
        Peer peer = bus.connect("s").subscribe("t", QoS.AT_LEAST_ONCE);
        CompletionStage<ReasonCode> done =
                bus.broker.publish(Message.of(Topic.of("t"), new byte[] {'m'}, QoS.AT_LEAST_ONCE));
        assertThat(await(done)).isEqualTo(ReasonCode.SUCCESS);
        assertThat(peer.connection.payloads()).containsExactly("m");
    }

    @Test
    void shutdownPublishesWillsAndSaysGoodBye() {
        Peer watcher = bus.connect("w").subscribe("will", QoS.AT_LEAST_ONCE);
        Peer peer = bus.connect("s", true, 0, will("will", "bye", 0));
        await(bus.broker.shutdown());
        assertThat(watcher.connection.payloads()).containsExactly("bye");
        assertThat(peer.connection.closedWith()).isEqualTo(ReasonCode.SERVER_SHUTTING_DOWN);
    }

    private <T> T await(CompletionStage<T> stage) {
        bus.loops.settle();
        CompletableFuture<T> future = stage.toCompletableFuture();
        assertThat(future).isCompleted();
        return future.join();
    }
}
