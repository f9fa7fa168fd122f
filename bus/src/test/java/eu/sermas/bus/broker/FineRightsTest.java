package eu.sermas.bus.broker;

import static eu.sermas.bus.broker.BrokerFixture.connectPacket;
import static eu.sermas.bus.broker.BrokerFixture.will;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Grants;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.UnsubAck;
import eu.sermas.bus.packet.Unsubscribe;
import eu.sermas.bus.packet.UserProperty;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Grants with conditions, narrowed subscriptions, verified senders, and rights that change.
class FineRightsTest {

    private static final Properties NARROW =
            Properties.builder().user("sermas-narrow", "true").build();

    private final BrokerFixture bus = new BrokerFixture(2);

    private static AccessRights rights(String... grants) {
        return AccessRights.granted(Set.of("A"), Grants.of(List.of(grants)), null);
    }

    private static Login login(String clientId, String... grants) {
        return new Login(
                new Principal(
                        Principal.Kind.CLIENT,
                        "client:A/" + clientId,
                        Set.of("A"),
                        clientId,
                        "sub-of-" + clientId,
                        clientId,
                        Set.of()),
                rights(grants),
                Long.MAX_VALUE,
                "");
    }

    private Peer connect(String clientId, String... grants) {
        return connect(ProtocolVersion.MQTT_5, clientId, grants);
    }

    private Peer connect(ProtocolVersion version, String clientId, String... grants) {
        return bus.connect(
                connectPacket(version, clientId, true, 0, null), login(clientId, grants));
    }

    private static Subscribe narrowed(String... filters) {
        return new Subscribe(
                7,
                Arrays.stream(filters)
                        .map(f -> Subscription.of(TopicFilter.of(f), QoS.EXACTLY_ONCE))
                        .toList(),
                NARROW);
    }

    private static List<String> sender(Message message) {
        return message.properties().userProperties().stream()
                .map(pair -> pair.name() + "=" + pair.value())
                .toList();
    }

    // --- conditions

    @Test
    void aGrantLimitsQosAndRetain() {
        Peer peer = connect("c", "ui:qos1:no-retain");
        peer.publish("app/A/ui/x", "2", QoS.EXACTLY_ONCE, 1);
        peer.publish("app/A/ui/x", "r", QoS.AT_LEAST_ONCE, 2, true, Properties.NONE);
        peer.publish("app/A/ui/x", "1", QoS.AT_LEAST_ONCE, 3);
        bus.loops.settle();
        assertThat(peer.connection.packets(PubAck.class))
                .extracting(PubAck::reasonCode)
                .containsExactly(ReasonCode.NOT_AUTHORIZED, ReasonCode.NO_MATCHING_SUBSCRIBERS);
        assertThat(peer.connection.packets(PubAck.class).getFirst().properties())
                .isEqualTo(
                        Properties.reason(
                                "grant does not allow retained messages: ui:qos1:no-retain"));
    }

    @Test
    void aSubscriptionGetsWhatTheGrantAllows() {
        Peer writer = connect("w", "ui");
        writer.publish("app/A/ui/x", "kept", QoS.AT_LEAST_ONCE, 1, true, Properties.NONE);
        Peer reader = connect("r", "ui:read:qos0:no-retain");
        reader.subscribe("app/A/ui/#", QoS.EXACTLY_ONCE);
        bus.loops.settle();
        writer.publish("app/A/ui/x", "new", QoS.AT_LEAST_ONCE, 2);
        bus.loops.settle();
        assertThat(reader.connection.last(SubAck.class).reasonCodes())
                .containsExactly(ReasonCode.GRANTED_QOS_0);
        assertThat(reader.connection.payloads()).containsExactly("new");
    }

    // --- narrowing

    @Test
    void aWideFilterBecomesWhatIsGranted() {
        Peer reader = connect("r", "ui", "dialogue.messages:qos1", "robotics:write");
        reader.send(narrowed("app/A/#", "app/A/ui/x", "app/A/robotics/#", "app/B/#"));
        Peer writer = connect("w", "*");
        for (String topic : List.of("ui/x", "dialogue/messages/s", "dialogue/speech", "robotics")) {
            writer.publish("app/A/" + topic, topic, QoS.EXACTLY_ONCE, topic.length());
        }
        bus.loops.settle();
        SubAck answer = reader.connection.last(SubAck.class);
        assertThat(answer.reasonCodes())
                .containsExactly(
                        ReasonCode.GRANTED_QOS_2,
                        ReasonCode.GRANTED_QOS_2,
                        ReasonCode.NOT_AUTHORIZED,
                        ReasonCode.NOT_AUTHORIZED);
        assertThat(answer.properties().userProperties())
                .containsExactly(
                        new UserProperty(
                                "sermas-narrowed",
                                "{\"filter\":\"app/A/#\",\"granted\":[\"app/A/ui/#\","
                                        + "\"app/A/dialogue/messages/#\"]}"));
        assertThat(reader.connection.payloads()).containsExactly("ui/x", "dialogue/messages/s");
        assertThat(reader.connection.deliveries().getLast().qos()).isEqualTo(QoS.AT_LEAST_ONCE);
    }

    @Test
    void onlyWhoAsksIsNarrowed() {
        Peer reader = connect("r", "ui");
        reader.subscribe("app/A/#", QoS.AT_MOST_ONCE);
        bus.loops.settle();
        assertThat(reader.connection.last(SubAck.class).reasonCodes())
                .containsExactly(ReasonCode.NOT_AUTHORIZED);
    }

    @Test
    void theWideFilterEndsItsParts() {
        Peer reader = connect("r", "ui", "xr");
        reader.send(narrowed("app/A/#"));
        Unsubscribe wide = new Unsubscribe(8, List.of(TopicFilter.of("app/A/#")), Properties.NONE);
        reader.send(wide).send(wide);
        connect("w", "*").publish("app/A/ui/x", "late", QoS.AT_MOST_ONCE, 0);
        bus.loops.settle();
        assertThat(reader.connection.packets(UnsubAck.class))
                .extracting(UnsubAck::reasonCodes)
                .containsExactly(
                        List.of(ReasonCode.SUCCESS), List.of(ReasonCode.NO_SUBSCRIPTION_EXISTED));
        assertThat(reader.connection.payloads()).isEmpty();
    }

    // --- the sender

    @Test
    void aMessageSaysWhoHasPublishedIt() {
        Peer reader = connect("r", "ui");
        reader.subscribe("app/A/ui/#", QoS.AT_LEAST_ONCE);
        Peer writer = connect(ProtocolVersion.MQTT_3_1_1, "w", "ui");
        writer.publish("app/A/ui/x", "1", QoS.AT_LEAST_ONCE, 1);
        writer.publish("app/A/ui/x", "2", QoS.AT_LEAST_ONCE, 2);
        bus.loops.settle();
        List<Message> got = reader.connection.messages();
        assertThat(sender(got.getFirst())).containsExactly("sermas-app=A", "sermas-client=w");
        assertThat(got.getLast().properties()).isSameAs(got.getFirst().properties());
    }

    @Test
    void aForgedSenderIsTakenOut() {
        Peer reader = connect("r", "ui");
        reader.subscribe("app/A/ui/#", QoS.AT_LEAST_ONCE);
        Properties forged =
                Properties.builder()
                        .user("a", "1")
                        .user("sermas-client", "admin")
                        .user("sermas-user", "root")
                        .user("a", "2")
                        .add(Property.CONTENT_TYPE, "text/plain")
                        .build();
        connect("w", "ui").publish("app/A/ui/x", "1", QoS.AT_LEAST_ONCE, 1, false, forged);
        bus.loops.settle();
        Message got = reader.connection.messages().getFirst();
        assertThat(sender(got)).containsExactly("a=1", "a=2", "sermas-app=A", "sermas-client=w");
        assertThat(got.properties().text(Property.CONTENT_TYPE)).isEqualTo("text/plain");
    }

    @Test
    void aWillSaysItToo() {
        Peer reader = connect("r", "ui");
        reader.subscribe("app/A/ui/#", QoS.AT_LEAST_ONCE);
        bus.connect(
                        connectPacket(
                                ProtocolVersion.MQTT_5, "w", true, 0, will("app/A/ui/x", "w", 0)),
                        login("w", "ui"))
                .drop();
        bus.loops.settle();
        assertThat(sender(reader.connection.messages().getFirst()))
                .containsExactly("sermas-app=A", "sermas-client=w");
    }

    // --- rights that change

    @Test
    void withdrawnRightsTakeWhatIsQueuedWithThemAndAreTold() {
        Login reader = login("r", "ui", "dialogue");
        Peer first =
                bus.connect(connectPacket(ProtocolVersion.MQTT_5, "r", false, 3600, null), reader);
        first.subscribe("app/A/ui/#", QoS.AT_LEAST_ONCE);
        first.subscribe("app/A/dialogue/#", QoS.AT_LEAST_ONCE);
        first.subscribe("$session/#", QoS.AT_MOST_ONCE);
        first.writable(false);
        Peer writer = connect("w", "*");
        writer.publish("app/A/ui/x", "stays", QoS.AT_LEAST_ONCE, 1);
        writer.publish("app/A/dialogue/x", "goes", QoS.AT_LEAST_ONCE, 2);
        bus.loops.settle();
        bus.broker.changeRights(reader.principal().id(), rights("ui"));
        bus.loops.settle();
        first.writable(true);
        bus.loops.settle();
        assertThat(first.connection.payloads())
                .containsExactly(
                        "{\"filter\":\"app/A/dialogue/#\","
                                + "\"reason\":\"missing grant: dialogue\"}",
                        "stays");
    }
}
