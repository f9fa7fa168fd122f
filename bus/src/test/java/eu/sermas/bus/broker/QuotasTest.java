package eu.sermas.bus.broker;

import static eu.sermas.bus.broker.BrokerFixture.connectPacket;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.broker.Quotas.Quota;
import eu.sermas.bus.broker.live.QuotaUse;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What an app with a quota may use, and what an app without one is not kept from.
class QuotasTest {

    private static final long ANY = Quota.UNLIMITED;

    private final BrokerFixture bus = new BrokerFixture(2);

    private void limit(Quota ofA) {
        bus.broker.limitApps(new Quotas(Quota.NONE, Map.of("A", ofA)));
    }

    private static Login login(String app, String name) {
        return new Login(
                new Principal(
                        Principal.Kind.CLIENT,
                        "client:" + app + "/" + name,
                        Set.of(app),
                        name,
                        null,
                        name,
                        Set.of()),
                AccessRights.open(),
                Long.MAX_VALUE,
                "");
    }

    private Peer connect(ProtocolVersion version, String app, String name) {
        return bus.connect(connect(version, name), login(app, name));
    }

    private static Connect connect(ProtocolVersion version, String name) {
        return connectPacket(version, name, true, 0, null);
    }

    private static int refused(Peer peer) {
        return (int)
                peer.connection.packets(PubAck.class).stream()
                        .filter(ack -> ack.reasonCode() == ReasonCode.QUOTA_EXCEEDED)
                        .count();
    }

    private @Nullable Violation refusal(String app, String name) {
        return bus.refusal(connect(ProtocolVersion.MQTT_5, name), login(app, name));
    }

    @Test
    void aClientWithoutANetworkTakesAPlaceToo() {
        limit(new Quota(1, ANY, ANY, ANY, ANY));
        LocalClient first = connectLocally("one");
        assertThat(refusal("A", "two")).isNotNull();
        assertThat(publish(connectLocally("two")))
                .isEqualTo(
                        new LocalClient.Answer(
                                ReasonCode.QUOTA_EXCEEDED, "quota of app A: 1 connections"));
        assertThat(bus.broker.quotaOf(Set.of("A")))
                .containsExactly(new QuotaUse("connections", 1, 1L, true));
        first.close();
        bus.loops.settle();
        assertThat(publish(connectLocally("two")).reasonCode().isError()).isFalse();
        assertThat(bus.broker.quotaOf(Set.of("B"))).isEmpty();
        assertThat(bus.broker.quotaOf(Set.of("A", "B"))).isEmpty();
    }

    private LocalClient connectLocally(String name) {
        var connected = bus.broker.connectLocally(name, login("A", name), LocalClient.DEAF);
        bus.loops.settle();
        return connected.toCompletableFuture().join();
    }

    private LocalClient.Answer publish(LocalClient client) {
        var answer = client.publish(Message.of(Topic.of("t"), new byte[0], QoS.AT_LEAST_ONCE));
        bus.loops.settle();
        return answer.toCompletableFuture().join();
    }

    @Test
    void oneConnectionTooMany() {
        limit(new Quota(2, ANY, ANY, ANY, ANY));
        Peer one = connect(ProtocolVersion.MQTT_5, "A", "one");
        connect(ProtocolVersion.MQTT_3_1_1, "A", "two");
        bus.loops.settle();
        assertThat(refusal("A", "three"))
                .isEqualTo(
                        new Violation(ReasonCode.QUOTA_EXCEEDED, "quota of app A: 2 connections"));
        assertThat(refusal("A", "two")).isNull();
        assertThat(refusal("B", "three")).isNull();
        connect(ProtocolVersion.MQTT_5, "A", "two");
        bus.loops.settle();
        assertThat(refusal("A", "three")).isNotNull();
        one.drop();
        bus.loops.settle();
        assertThat(refusal("A", "three")).isNull();
        assertThat(bus.metrics.scrape())
                .contains("sermas_bus_quota_reached_total{app=\"A\",quota=\"connections\"} 2.0");
    }

    @Test
    void moreMessagesThanAllowedAreRefusedUntilASecondHasPassed() {
        limit(new Quota(ANY, 10, ANY, ANY, ANY));
        Peer peer = connect(ProtocolVersion.MQTT_5, "A", "c");
        for (int i = 1; i <= 15; i++) {
            peer.publish("app/A/x/y", "m", QoS.AT_LEAST_ONCE, i);
        }
        bus.loops.settle();
        assertThat(refused(peer)).isEqualTo(5);
        assertThat(peer.connection.last(PubAck.class).properties().text(Property.REASON_STRING))
                .isEqualTo("quota of app A: 10 messages per second");
        bus.loops.advance(1_000);
        peer.publish("app/A/x/y", "m", QoS.AT_LEAST_ONCE, 16);
        bus.loops.settle();
        assertThat(refused(peer)).isEqualTo(5);
        assertThat(peer.connection.isReading()).isTrue();
    }

    @Test
    void whoCannotBeToldIsSlowedDown() {
        limit(new Quota(ANY, 10, ANY, ANY, ANY));
        Peer peer = connect(ProtocolVersion.MQTT_3_1_1, "A", "c");
        for (int i = 1; i <= 12; i++) {
            peer.publish("app/A/x/y", "m", QoS.AT_LEAST_ONCE, i);
        }
        bus.loops.settle();
        assertThat(peer.connection.packets(PubAck.class)).hasSize(12);
        assertThat(peer.connection.isReading()).isFalse();
        bus.loops.advance(1_500);
        bus.loops.settle();
        assertThat(peer.connection.isReading()).isTrue();
    }

    @Test
    void bytesCountToo() {
        limit(new Quota(ANY, ANY, 1_000, ANY, ANY));
        Peer peer = connect(ProtocolVersion.MQTT_5, "A", "c");
        peer.publish("app/A/x/y", "x".repeat(900), QoS.AT_LEAST_ONCE, 1);
        peer.publish("app/A/x/y", "x".repeat(900), QoS.AT_LEAST_ONCE, 2);
        peer.publish("app/A/x/y", "x", QoS.AT_LEAST_ONCE, 3);
        bus.loops.settle();
        assertThat(refused(peer)).isEqualTo(1);
    }

    @Test
    void otherAppsAreNotConcerned() {
        limit(new Quota(1, 1, 1, 1, 1));
        Peer peer = connect(ProtocolVersion.MQTT_5, "B", "c");
        for (int i = 1; i <= 50; i++) {
            peer.publish("app/B/x/" + i, "m", QoS.AT_LEAST_ONCE, i, true, Properties.NONE);
        }
        bus.loops.settle();
        assertThat(refused(peer)).isZero();
    }

    private void retain(Peer peer, String topic, String payload, int packetId) {
        peer.publish("app/A/" + topic, payload, QoS.AT_LEAST_ONCE, packetId, true, Properties.NONE);
        bus.loops.settle();
    }

    @Test
    void oneRetainedMessageTooMany() {
        limit(new Quota(ANY, ANY, ANY, 2, 100));
        Peer peer = connect(ProtocolVersion.MQTT_5, "A", "c");
        retain(peer, "1", "x", 1);
        retain(peer, "2", "x", 2);
        retain(peer, "3", "x", 3);
        assertThat(refused(peer)).isEqualTo(1);
        retain(peer, "2", "y".repeat(99), 4);
        assertThat(refused(peer)).isEqualTo(1);
        retain(peer, "2", "y".repeat(100), 5);
        assertThat(refused(peer)).isEqualTo(2);
        retain(peer, "2", "", 6);
        retain(peer, "3", "x", 7);
        assertThat(refused(peer)).isEqualTo(2);
    }

    @Test
    void whatIsNotKeptIsDeliveredAllTheSame() {
        limit(new Quota(ANY, ANY, ANY, 1, ANY));
        Peer watcher = connect(ProtocolVersion.MQTT_5, "B", "w");
        watcher.subscribe("app/A/#", QoS.AT_LEAST_ONCE);
        bus.loops.settle();
        Peer peer = connect(ProtocolVersion.MQTT_3_1_1, "A", "c");
        retain(peer, "1", "first", 1);
        retain(peer, "2", "second", 2);
        Peer late = connect(ProtocolVersion.MQTT_5, "B", "late");
        late.subscribe("app/A/#", QoS.AT_LEAST_ONCE);
        bus.loops.settle();
        assertThat(watcher.connection.payloads()).containsExactly("first", "second");
        assertThat(late.connection.payloads()).containsExactly("first");
    }
}
