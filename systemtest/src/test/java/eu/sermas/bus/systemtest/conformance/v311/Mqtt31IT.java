package eu.sermas.bus.systemtest.conformance.v311;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.ConformanceBus.Kind;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.Ack;
import eu.sermas.bus.systemtest.raw.Packet.ConnAck;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Subscribe;
import eu.sermas.bus.systemtest.raw.Type;
import eu.sermas.bus.systemtest.raw.Version;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients of MQTT 3.1, which has no numbered statements: what they need, and where that version
/// differs from 3.1.1.
class Mqtt31IT extends Section {

    private static final int DUP = 0x08;

    private static final int UNACCEPTABLE_LEVEL = 1;
    private static final int IDENTIFIER_REJECTED = 2;

    private final String topic = topic();
    private final String name = name("c");
    private final Connect unclean = Connect.v31(name).unclean();

    // Connecting

    @Test
    void aClientIsAccepted() {
        assertThat(open().connect(Connect.v31(name).userName("name").password("secret")))
                .returns(0, ConnAck::flags)
                .returns(0, ConnAck::reason);
    }

    @ParameterizedTest
    @CsvSource({"MQIsdp, 4", "MQIsdp, 2", "MQTT, 3", "MQISDP, 3"})
    void nameAndLevelBelongTogether(String protocol, int level) {
        open().reading(Version.V31)
                .send(Connect.v31(name).protocol(protocol, level).bytes())
                .expectClosed();
    }

    @Test
    void anotherLevelIsRefused() {
        open().send(Connect.v31(name).protocol("MQIsdp", 2)).expectRefused(UNACCEPTABLE_LEVEL);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theIdentifierIsNotEmpty(boolean clean) {
        var connect = clean ? Connect.v31("") : Connect.v31("").unclean();

        open().send(connect).expectRefused(IDENTIFIER_REJECTED);
    }

    /// The specification ends at 23 characters; many clients do not.
    @Test
    void theIdentifierMayBeLong() {
        connect(Connect.v31(name + "-0123456789-0123456789-0123456789")).expectNothing();
    }

    /// The flags may announce a user name and a password that are not there.
    @ParameterizedTest
    @ValueSource(ints = {0x80, 0xC0})
    void userNameAndPasswordMayBeMissing(int flags) {
        connect(Connect.v31(name).flip(flags)).expectNothing();
    }

    /// Bit 0 of the flags means nothing, and without a will neither do its QoS and Retain.
    @ParameterizedTest
    @ValueSource(ints = {0x01, 0x08, 0x20, 0x39})
    void flagsWithoutMeaningAreIgnored(int flags) {
        connect(Connect.v31(name).flip(flags)).expectNothing();
    }

    @Test
    void aClientThatIsSilentIsDisconnected() {
        connect(Connect.v31(name).keepAlive(1)).expectEnd();
    }

    @Test
    void aSecondConnectionTakesOver() {
        var before = connect(Connect.v31(name));

        connect(Connect.v31(name)).expectNothing();

        before.expectEnd();
    }

    // Messages

    @ParameterizedTest
    @CsvSource({"0, 2", "1, 2", "2, 2", "2, 1", "2, 0", "1, 0"})
    void messagesGoFromAndToEveryVersion(int published, int subscribed) {
        var receivers = List.of(connectV31(), connectV311(), connectV5());
        receivers.forEach(receiver -> receiver.subscribe(topic, subscribed));

        for (var sender : List.of(connectV31(), connectV311(), connectV5())) {
            sender.publish(Publish.to(topic, "x").qos(published));
            for (var receiver : receivers) {
                var message = receiver.expectPublish("x");
                assertThat(message)
                        .returns(topic, Publish::topic)
                        .returns(Math.min(published, subscribed), Publish::qos)
                        .returns(false, Publish::dup)
                        .returns(false, Publish::retain);
                receiver.acknowledge(message).expectNothing();
            }
        }
    }

    @Test
    void subscriptionsEnd() {
        var client = connectV31();
        client.subscribe(topic, 1);

        client.unsubscribe(topic);

        connectV31().publish(Publish.to(topic, "x").qos(1));
        client.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void retainedMessagesAreKeptAndRemoved(int qos) {
        connectV31().publish(Publish.to(topic, "kept").qos(qos).retained());
        var later = connectV31();
        later.subscribe(topic, 2);
        var kept = later.expectPublish("kept");
        assertThat(kept).returns(qos, Publish::qos).returns(true, Publish::retain);
        later.acknowledge(kept);

        connectV31().publish(Publish.to(topic, "").qos(1).retained());

        assertThat(later.expectPublish("").retain()).isFalse();
        var last = connectV31();
        last.subscribe(topic, 2);
        last.expectNothing();
    }

    /// MQTT 3.1 cannot refuse a PUBLISH.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void whatMayNotBePublishedIsAcknowledged(int qos) {
        connectV31().publish(Publish.to("$SYS/" + topic, "x").qos(qos));
    }

    /// MQTT 3.1 has no word for a refused subscription; that of 3.1.1 is better than silence.
    @Test
    void aRefusedFilterIsAnsweredAsIn311() {
        var request = Subscribe.subscribe(1);
        for (int i = 0; i < 2000; i++) {
            request.filter(topic + i, 1);
        }
        var client = connect(Kind.FEW_AT_A_TIME, Connect.v31(name));

        var granted = client.send(request).expect(SubAck.class).reasons();

        assertThat(granted).hasSize(2000).startsWith(1).containsOnly(0x80, 1);
    }

    // Wills

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void theWillIsPublished(int qos) {
        var watcher = connectV31();
        watcher.subscribe(topic, 2);
        connect(Connect.v31(name).will(Publish.to(topic, "will").qos(qos).retained())).drop();

        assertThat(watcher.expectPublish("will").qos()).isEqualTo(qos);
        var later = connectV31();
        later.subscribe(topic, 2);
        assertThat(later.expectPublish("will").retain()).isTrue();
    }

    @Test
    void disconnectRemovesTheWill() {
        var watcher = connectV31();
        watcher.subscribe(topic, 1);
        connect(Connect.v31(name).will(Publish.to(topic, "will"))).disconnect();

        connect(Connect.v31(name)).publish(Publish.to(topic, "marker").qos(1));

        watcher.expectPublish("marker");
    }

    // Sessions

    /// CONNACK has no Session Present: its first byte is reserved.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aSessionIsResumedWithoutAWord(int qos) {
        var client = connect(unclean);
        client.subscribe(topic, qos);
        connectV31().publish(Publish.to(topic, "sent").qos(qos));
        int packetId = client.expectPublish("sent").packetId();
        client.drop();
        connectV31().publish(Publish.to(topic, "kept").qos(qos));

        var back = open();
        assertThat(back.connect(unclean).flags()).isZero();

        var sent = back.expectPublish("sent");
        assertThat(sent).returns(packetId, Publish::packetId).returns(true, Publish::dup);
        var kept = back.expectPublish("kept");
        back.acknowledge(sent).acknowledge(kept).expectNothing();
    }

    @Test
    void aCleanSessionForgetsTheOneBefore() {
        connect(unclean).subscribe(topic, 1);

        var clean = connect(Connect.v31(name));
        connectV31().publish(Publish.to(topic, "x").qos(1));

        clean.expectNothing();
    }

    @Test
    void pubRelIsSentAgain() {
        var client = connect(unclean);
        client.subscribe(topic, 2);
        connectV31().publish(Publish.to(topic, "x").qos(2));
        int packetId = client.expectPublish().packetId();
        client.send(Type.PUBREC, packetId).expectAck(Type.PUBREL, packetId);
        client.drop();

        connect(unclean).expectAck(Type.PUBREL, packetId);
    }

    /// A session does not belong to a version.
    @Test
    void aClientThatIsRenewedKeepsItsSession() {
        var client = connect(unclean);
        client.subscribe(topic, 1);
        client.disconnect();
        connectV31().publish(Publish.to(topic, "kept").qos(1));

        var renewed = open();
        assertThat(renewed.connect(Connect.v311(name).unclean()).sessionPresent()).isTrue();

        renewed.expectPublish("kept");
    }

    // DUP, which clients of this version set on whatever they send again

    @Test
    void subscribeAndUnsubscribeMayComeAgain() {
        var client = connectV31();
        var subscribe = Subscribe.subscribe(1).filter(topic, 1).bytes(Version.V31);
        subscribe[0] |= DUP;
        var unsubscribe = Subscribe.unsubscribe(2).filter(topic).bytes(Version.V31);
        unsubscribe[0] |= DUP;

        assertThat(client.send(subscribe).expect(SubAck.class).reasons()).containsExactly(1);
        assertThat(client.send(unsubscribe).expect(SubAck.class).type()).isEqualTo(Type.UNSUBACK);
    }

    @Test
    void pubRelMayComeAgain() {
        var receiver = connectV31();
        receiver.subscribe(topic, 0);
        var sender = connectV31();
        var again = Bytes.packet(Type.PUBREL, Bytes.bytes().u16(4));
        again[0] |= DUP;

        sender.send(Publish.to(topic, "x").qos(2, 4)).expectAck(Type.PUBREC, 4);
        sender.send(Publish.to(topic, "x").qos(2, 4).asDup()).expectAck(Type.PUBREC, 4);
        sender.send(Type.PUBREL, 4).expectAck(Type.PUBCOMP, 4);
        sender.send(again).expectAck(Type.PUBCOMP, 4);
        sender.publish(Publish.to(topic, "marker").qos(1));

        receiver.expectPublish("x");
        receiver.expectPublish("marker");
    }

    @Test
    void dupMeansNothingWithQos0() {
        var receiver = connectV31();
        receiver.subscribe(topic, 0);

        connectV31().send(Publish.to(topic, "x").asDup());

        assertThat(receiver.expectPublish("x").dup()).isFalse();
    }

    // Errors

    @ParameterizedTest
    @CsvSource({
        "3603000178, QoS 3",
        "3003000123, a wildcard in a topic name",
        "8000, SUBSCRIBE of QoS 0",
        "8206000100017803, a subscription with QoS 3",
        "0000, the reserved packet 0",
        "f000, the reserved packet 15"
    })
    void whatIsWrongClosesTheConnection(String packet, String what) {
        assertThat(connectV31().send(packet).expectClosed()).as(what).isNull();
    }

    @Test
    void acknowledgementsHaveNoReason() {
        var client = connectV31();

        assertThat(client.send("3206 0001 78 0001 79").expect(Ack.class).type())
                .isEqualTo(Type.PUBACK);
        client.send("4003 0001 00").expectEnd();
    }

    private RawClient connectV31() {
        return connect(Connect.v31(name("c")));
    }
}
