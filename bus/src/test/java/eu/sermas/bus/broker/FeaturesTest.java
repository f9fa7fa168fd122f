package eu.sermas.bus.broker;

import static eu.sermas.bus.broker.BrokerFixture.RIGHTS;
import static eu.sermas.bus.broker.BrokerFixture.connectPacket;
import static eu.sermas.bus.broker.BrokerFixture.login;
import static eu.sermas.bus.broker.BrokerFixture.will;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.Login;
import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.packet.Auth;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.session.QueueLimits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What may be switched on or off, and how a live client shows a new token.
class FeaturesTest {

    /// Room for one small message and its like, of which an app can have three quarters.
    private static final long ONE_MESSAGE = 1_160;

    private static final Features SPARSE =
            new Features(
                    SharedStrategy.ROUND_ROBIN,
                    QoS.AT_LEAST_ONCE,
                    false,
                    false,
                    false,
                    false,
                    "replies/here",
                    120,
                    false);

    private final BrokerFixture bus =
            new BrokerFixture(2, Limits.DEFAULT, Features.DEFAULT, FeaturesTest::check, 1);
    private final BrokerFixture sparse =
            new BrokerFixture(2, Limits.DEFAULT, SPARSE, TokenCheck.NONE, 1);

    /// Tokens of this test: the principal, a blank, and the end of validity.
    private static CompletionStage<Login> check(String token, String clientId) {
        String[] parts = token.split(" ", -1);
        return parts.length == 2
                ? CompletableFuture.completedFuture(
                        login(parts[0], RIGHTS, Long.parseLong(parts[1])))
                : CompletableFuture.failedFuture(new IllegalStateException("not a token"));
    }

    private Peer expiringIn(long millis, @Nullable String method) {
        Properties properties =
                method == null
                        ? Properties.NONE
                        : Properties.builder().add(Property.AUTHENTICATION_METHOD, method).build();
        Connect connect =
                new Connect(ProtocolVersion.MQTT_5, "c", true, 0, null, null, null, properties);
        return bus.connect(connect, login("p", RIGHTS, bus.loops.now() + millis));
    }

    private static Auth reauthenticate(String method, String token) {
        return new Auth(
                ReasonCode.REAUTHENTICATE,
                Properties.builder()
                        .add(Property.AUTHENTICATION_METHOD, method)
                        .add(Property.AUTHENTICATION_DATA, token.getBytes(StandardCharsets.UTF_8))
                        .build());
    }

    @Test
    void renewsATokenByReauthentication() {
        Peer peer = expiringIn(10_000, "JWT");
        assertThat(
                        peer.connection
                                .last(ConnAck.class)
                                .properties()
                                .text(Property.AUTHENTICATION_METHOD))
                .isEqualTo("JWT");
        peer.send(reauthenticate("JWT", "p " + (bus.loops.now() + 60_000)));
        assertThat(peer.connection.last(Auth.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
        bus.loops.advance(30_000);
        assertThat(peer.connection.closedWith()).isNull();
        bus.loops.advance(31_000);
        assertThat(peer.connection.closedWith()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    }

    @Test
    void endsTheConnectionForABadReauthentication() {
        Peer stranger = expiringIn(10_000, "JWT").send(reauthenticate("JWT", "q 9999999999999"));
        assertThat(stranger.connection.closedWith()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
        Peer other = expiringIn(10_000, "JWT").send(reauthenticate("X", "p 9999999999999"));
        assertThat(other.connection.closedWith()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
        Peer plain = expiringIn(10_000, null).send(reauthenticate("JWT", "p 9999999999999"));
        assertThat(plain.connection.closedWith()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    }

    @Test
    void renewsATokenByTheReservedTopicAndTellsOnThePrivateOnes() {
        Peer peer = expiringIn(10_000, null).subscribe("$session/token/#", QoS.AT_LEAST_ONCE);
        assertThat(peer.connection.last(SubAck.class).reasonCodes())
                .containsExactly(ReasonCode.GRANTED_QOS_0);
        peer.publish("$session/token", "p " + (bus.loops.now() + 400_000), QoS.AT_LEAST_ONCE, 1);
        assertThat(peer.connection.last(PubAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
        peer.publish("$session/token", "rubbish", QoS.AT_LEAST_ONCE, 2);
        assertThat(peer.connection.last(PubAck.class).reasonCode())
                .isEqualTo(ReasonCode.NOT_AUTHORIZED);
        bus.loops.advance(300_000);
        assertThat(peer.connection.closedWith()).isNull();
        assertThat(peer.connection.deliveries())
                .extracting(RecordedConnection.Delivered::topic)
                .containsExactly(
                        "$session/token/renewed",
                        "$session/token/refused",
                        "$session/token/expiring");
    }

    @Test
    void theWarningWaitsUntilTheClientAsksForIt() {
        Peer peer = expiringIn(10_000, null);
        bus.loops.advance(2_000);
        peer.subscribe("$session/token/expiring", QoS.AT_MOST_ONCE);
        bus.loops.advance(2_000);
        assertThat(peer.connection.deliveries())
                .extracting(RecordedConnection.Delivered::topic)
                .containsExactly("$session/token/expiring");
    }

    @Test
    void subscriptionsToPrivateTopicsAreLimited() {
        Peer peer = bus.connect("c");
        for (int i = 0; i < 16; i++) {
            peer.subscribe("$session/" + i, QoS.AT_MOST_ONCE);
            assertThat(peer.connection.last(SubAck.class).reasonCodes())
                    .containsExactly(ReasonCode.GRANTED_QOS_0);
        }
        peer.subscribe("$session/16", QoS.AT_MOST_ONCE);
        assertThat(peer.connection.last(SubAck.class).reasonCodes())
                .containsExactly(ReasonCode.QUOTA_EXCEEDED);
        peer.subscribe("$session/0", QoS.AT_MOST_ONCE);
        assertThat(peer.connection.last(SubAck.class).reasonCodes())
                .containsExactly(ReasonCode.GRANTED_QOS_0);
    }

    @Test
    void privateTopicsReachNobodyElse() {
        Peer watcher = bus.connect("w").subscribe("#", QoS.AT_LEAST_ONCE);
        watcher.subscribe("$session/#", QoS.AT_LEAST_ONCE);
        Peer peer = bus.connect("c");
        peer.publish("$session/token", "p 9999999999999", QoS.AT_LEAST_ONCE, 1);
        peer.publish("$session/other", "x", QoS.AT_LEAST_ONCE, 2);
        assertThat(peer.connection.last(PubAck.class).reasonCode())
                .isEqualTo(ReasonCode.NOT_AUTHORIZED);
        assertThat(watcher.connection.deliveries()).isEmpty();
    }

    @Test
    void renewsATokenFromOutside() {
        Peer peer = expiringIn(10_000, null);
        CompletionStage<Boolean> done =
                bus.broker.renew(login("p", RIGHTS, bus.loops.now() + 60_000), "c");
        CompletionStage<Boolean> nobody =
                bus.broker.renew(login("q", RIGHTS, bus.loops.now() + 60_000), "c");
        bus.loops.advance(30_000);
        assertThat(done.toCompletableFuture()).isCompletedWithValue(true);
        assertThat(nobody.toCompletableFuture()).isCompletedWithValue(false);
        assertThat(peer.connection.closedWith()).isNull();
    }

    @Test
    void announcesAndRefusesWhatIsSwitchedOff() {
        Connect asking =
                new Connect(
                        ProtocolVersion.MQTT_5,
                        "c",
                        true,
                        0,
                        null,
                        null,
                        null,
                        Properties.builder().add(Property.REQUEST_RESPONSE_INFORMATION, 1).build());
        Peer peer = sparse.connect(asking, login("p", RIGHTS, Long.MAX_VALUE));
        Properties said = peer.connection.last(ConnAck.class).properties();
        assertThat(said.number(Property.MAXIMUM_QOS, -1)).isEqualTo(1);
        assertThat(said.number(Property.RETAIN_AVAILABLE, -1)).isZero();
        assertThat(said.number(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, -1)).isZero();
        assertThat(said.number(Property.SHARED_SUBSCRIPTION_AVAILABLE, -1)).isZero();
        assertThat(said.number(Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE, -1)).isZero();
        assertThat(said.text(Property.RESPONSE_INFORMATION)).isEqualTo("replies/here");

        peer.subscribe("a/#", QoS.AT_MOST_ONCE);
        assertThat(peer.connection.last(SubAck.class).reasonCodes())
                .containsExactly(ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED);
        peer.subscribe("$share/g/a", QoS.AT_MOST_ONCE);
        assertThat(peer.connection.last(SubAck.class).reasonCodes())
                .containsExactly(ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED);
        peer.subscribe("a", QoS.EXACTLY_ONCE);
        assertThat(peer.connection.last(SubAck.class).reasonCodes())
                .containsExactly(ReasonCode.GRANTED_QOS_1);
        peer.publish("a", "m", QoS.EXACTLY_ONCE, 1);
        assertThat(peer.connection.closedWith()).isEqualTo(ReasonCode.QOS_NOT_SUPPORTED);
        Peer retaining = sparse.connect("r");
        retaining.publish("a", "m", QoS.AT_LEAST_ONCE, 1, true, Properties.NONE);
        assertThat(retaining.connection.closedWith()).isEqualTo(ReasonCode.RETAIN_NOT_SUPPORTED);
    }

    @Test
    void refusesAWillThatItCouldNotPublish() {
        Connect connect = connectPacket(ProtocolVersion.MQTT_5, "c", true, 0, will("t", "m", 0));
        assertThat(sparse.broker.refusal(connect)).isNull();
        Violation refusal =
                new Features(
                                SharedStrategy.STICKY,
                                QoS.AT_MOST_ONCE,
                                true,
                                true,
                                true,
                                true,
                                null,
                                0,
                                false)
                        .refusal(connect);
        assertThat(refusal)
                .isNotNull()
                .extracting(Violation::reasonCode)
                .isEqualTo(ReasonCode.QOS_NOT_SUPPORTED);
    }

    @Test
    void checksThePayloadFormatWhereItIsSaid() {
        Peer peer = bus.connect("c").subscribe("t", QoS.AT_LEAST_ONCE);
        Properties utf8 = Properties.builder().add(Property.PAYLOAD_FORMAT_INDICATOR, 1).build();
        peer.publish("t", "gr\u00fc\u00df", QoS.AT_LEAST_ONCE, 1, false, utf8);
        assertThat(peer.connection.last(PubAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
        peer.send(
                new Publish(
                        Topic.of("t"),
                        new byte[] {(byte) 0xC3, (byte) 0x28},
                        QoS.AT_LEAST_ONCE,
                        false,
                        false,
                        2,
                        utf8));
        assertThat(peer.connection.last(PubAck.class).reasonCode())
                .isEqualTo(ReasonCode.PAYLOAD_FORMAT_INVALID);
        assertThat(peer.connection.deliveries()).hasSize(1);
    }

    @Test
    void aSharedSubscriptionPassesOverAMemberThatStalls() {
        Peer stalled = bus.connect("m1").subscribe("$share/g/t", QoS.AT_LEAST_ONCE);
        Peer quick = bus.connect("m2").subscribe("$share/g/t", QoS.AT_LEAST_ONCE);
        stalled.writable(false);
        Peer publisher = bus.connect("p");
        for (int i = 1; i <= 10; i++) {
            publisher.publish("t", "m" + i, QoS.AT_LEAST_ONCE, i);
        }
        assertThat(quick.connection.deliveries()).hasSize(9);
        stalled.writable(true);
        assertThat(stalled.connection.deliveries()).hasSize(1);
    }

    @Test
    void stickyKeepsOnePublisherWithOneMember() {
        BrokerFixture sticky =
                new BrokerFixture(
                        2,
                        Limits.DEFAULT,
                        new Features(
                                SharedStrategy.STICKY,
                                QoS.EXACTLY_ONCE,
                                true,
                                true,
                                true,
                                true,
                                null,
                                0,
                                false),
                        TokenCheck.NONE,
                        1);
        Peer one = sticky.connect("m1").subscribe("$share/g/t", QoS.AT_MOST_ONCE);
        Peer two = sticky.connect("m2").subscribe("$share/g/t", QoS.AT_MOST_ONCE);
        Peer publisher = sticky.connect("p");
        for (int i = 0; i < 10; i++) {
            publisher.publish("t", "m", QoS.AT_MOST_ONCE, 0);
        }
        assertThat(one.connection.deliveries().size()).isIn(0, 10);
        assertThat(two.connection.deliveries()).hasSize(10 - one.connection.deliveries().size());
    }

    @Test
    void queuesQos0OnlyWhereConfiguredAndGivesItUpFirst() {
        Limits limits =
                BrokerFixture.limits(new QueueLimits(2, 1 << 20, 1 << 20, true, false), 1 << 20);
        BrokerFixture queueing = new BrokerFixture(2, limits, 1);
        queueing.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        Peer publisher = queueing.connect("p");
        publisher.publish("t", "zero", QoS.AT_MOST_ONCE, 0);
        publisher.publish("t", "one", QoS.AT_LEAST_ONCE, 1);
        publisher.publish("t", "two", QoS.AT_LEAST_ONCE, 2);
        assertThat(queueing.persistent("s").connection.payloads()).containsExactly("one", "two");
        bus.persistent("s").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        bus.connect("p").publish("t", "zero", QoS.AT_MOST_ONCE, 0);
        assertThat(bus.persistent("s").connection.payloads()).isEmpty();
    }

    @Test
    void allQueuesTogetherStayWithinTheirBudget() {
        Limits limits = BrokerFixture.limits(BrokerFixture.queue(100), ONE_MESSAGE);
        BrokerFixture tight = new BrokerFixture(1, limits, 1);
        tight.persistent("a").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        Peer publisher = tight.connect("p");
        publisher.publish("t", "12345678", QoS.AT_LEAST_ONCE, 1);
        publisher.publish("t", "12345678", QoS.AT_LEAST_ONCE, 2);
        assertThat(publisher.connection.packets(PubAck.class))
                .extracting(PubAck::reasonCode)
                .containsExactly(ReasonCode.SUCCESS, ReasonCode.QUOTA_EXCEEDED);
        assertThat(publisher.connection.isReading()).isFalse(); // three quarters are used
        assertThat(tight.persistent("a").connection.payloads()).containsExactly("12345678");
        tight.loops.advance(100);
        assertThat(publisher.connection.isReading()).isTrue();
    }

    @Test
    void fullQueuesSlowPublishersDownAndNeverStopThem() {
        Limits limits = BrokerFixture.limits(BrokerFixture.queue(100), ONE_MESSAGE);
        BrokerFixture tight = new BrokerFixture(1, limits, 1);
        tight.persistent("away").subscribe("t", QoS.AT_LEAST_ONCE).drop();
        Peer reader = tight.connect("r").subscribe("#", QoS.AT_MOST_ONCE);
        Peer publisher = tight.connect("p");
        publisher.publish("t", "12345678", QoS.AT_LEAST_ONCE, 1);
        for (int i = 2; i <= 5; i++) {
            assertThat(publisher.connection.isReading()).as("before message %d", i).isTrue();
            publisher.publish("t", "12345678", QoS.AT_LEAST_ONCE, i);
            assertThat(publisher.connection.isReading()).as("behind message %d", i).isFalse();
            tight.loops.advance(100);
        }
        assertThat(reader.connection.payloads()).hasSize(5);
    }

    @Test
    void tellsOperatorsAboutTheBroker() {
        bus.broker.publishStatus("1.2.3", 10);
        Peer operator = bus.connect("o").subscribe("$SYS/broker/version", QoS.AT_MOST_ONCE);
        operator.subscribe("$SYS/broker/clients/connected", QoS.AT_MOST_ONCE);
        assertThat(operator.connection.payloads()).contains("sermas-bus 1.2.3");
        bus.loops.advance(11_000);
        assertThat(operator.connection.deliveries())
                .contains(
                        new RecordedConnection.Delivered(
                                "$SYS/broker/clients/connected",
                                "1",
                                QoS.AT_MOST_ONCE,
                                false,
                                false,
                                0,
                                List.of()));
    }

    @Test
    void messagesOfThePlatformExpireToo() {
        Message late =
                new Message(
                        Topic.of("t"),
                        new byte[] {'m'},
                        QoS.AT_LEAST_ONCE,
                        false,
                        Properties.NONE,
                        bus.loops.now() - 1);
        Peer peer = bus.connect("c").subscribe("t", QoS.AT_LEAST_ONCE);
        CompletionStage<ReasonCode> done = bus.broker.publish(late);
        bus.loops.settle();
        assertThat(done.toCompletableFuture()).isCompleted();
        assertThat(peer.connection.deliveries()).isEmpty();
    }
}
