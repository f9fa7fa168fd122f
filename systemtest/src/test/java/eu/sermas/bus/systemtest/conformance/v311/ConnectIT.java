package eu.sermas.bus.systemtest.conformance.v311;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt311;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.ConnAck;
import eu.sermas.bus.systemtest.raw.Packet.PingResp;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.Subscribe;
import eu.sermas.bus.systemtest.raw.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sections 3.1 and 3.2: CONNECT and CONNACK, but for wills and sessions.
class ConnectIT extends Section {

    private static final int UNACCEPTABLE_LEVEL = 1;
    private static final int IDENTIFIER_REJECTED = 2;

    private static final int RESERVED = 0x01;
    private static final int WILL = 0x04;
    private static final int WILL_QOS_1 = 0x08;
    private static final int WILL_QOS_2 = 0x10;
    private static final int WILL_RETAIN = 0x20;
    private static final int PASSWORD = 0x40;
    private static final int USER_NAME = 0x80;

    // 3.1.0

    /// Without PUBREC, PUBREL and PUBCOMP: on the port for everything they are letters, with which
    /// an HTTP request may begin.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "30050001780000", // PUBLISH
                "40020001", // PUBACK
                "8206000100017800", // SUBSCRIBE
                "a2050001000178", // UNSUBSCRIBE
                "c000", // PINGREQ
                "e000", // DISCONNECT
                "20020000" // CONNACK
            })
    @Mqtt311("MQTT-3.1.0-1")
    void theFirstPacketIsConnect(String packet) {
        open().send(packet).expectEnd();
    }

    @Test
    @Mqtt311("MQTT-3.1.0-1")
    void whatComesBeforeConnectIsNotPublished() {
        var topic = topic();
        var watcher = connectV311();
        watcher.subscribe(topic, 1);

        var early = Publish.to(topic, "early").bytes(Version.V311);
        var connect = Connect.v311(name("c")).bytes();
        open().send(Bytes.bytes().raw(early).raw(connect).toArray()).expectEnd();

        connectV311().publish(Publish.to(topic, "marker").qos(1));
        watcher.expectPublish("marker");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Mqtt311("MQTT-3.1.0-2")
    void aSecondConnectEndsTheConnection(boolean sameName) {
        var topic = topic();
        var watcher = connectV311();
        watcher.subscribe(topic, 1);
        var name = name("c");
        var client = connect(Connect.v311(name));

        var again = Connect.v311(sameName ? name : name("c")).bytes();
        var late = Publish.to(topic, "late").bytes(Version.V311);
        client.send(Bytes.bytes().raw(again).raw(late).toArray()).expectEnd();

        connect(Connect.v311(name)).publish(Publish.to(topic, "marker").qos(1));
        watcher.expectPublish("marker");
    }

    // 3.1.2

    @ParameterizedTest
    @CsvSource({"MQTt, 4", "mqtt, 4", "MQIsdp, 4", "MQTTT, 4", "MQT, 4", "'', 4", "HTTP, 4"})
    @Mqtt311("MQTT-3.1.2-1")
    void anotherProtocolIsNotSpoken(String protocol, int level) {
        open().send(Connect.v311(name("c")).protocol(protocol, level)).expectClosed();
    }

    /// From 6 on a client knows MQTT 5 better than this version, and is refused in its form.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 0x83})
    @Mqtt311({"MQTT-3.1.2-2", "MQTT-3.2.2-4", "MQTT-3.2.2-5"})
    void anotherLevelIsRefused(int level) {
        var answer =
                open().send(Connect.v311(name("c")).protocol("MQTT", level))
                        .expectRefused(UNACCEPTABLE_LEVEL);

        assertThat(answer.flags()).isZero();
    }

    static Stream<Arguments> connectsWithWrongFlags() {
        return Stream.of(
                Arguments.of("reserved flag", bare().flip(RESERVED)),
                Arguments.of("reserved flag beside others", full().flip(RESERVED)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("connectsWithWrongFlags")
    @Mqtt311({"MQTT-3.1.2-3", "MQTT-3.1.4-1", "MQTT-3.2.2-6"})
    void theReservedFlagIsZero(String what, Connect connect) {
        open().send(connect).expectEnd();
    }

    @Test
    @Mqtt311({"MQTT-3.1.2-9", "MQTT-3.1.4-1"})
    void withTheWillFlagAWillStandsInThePayload() {
        open().send(bare().flip(WILL)).expectEnd();
        open().send("10 10 00044d515454 04 06 003c 000178 000177").expectEnd(); // no message
        open().reading(Version.V311)
                .send("10 12 00044d515454 04 06 003c 000178 000177 0000") // an empty message
                .expect(ConnAck.class);
    }

    @Test
    @Mqtt311({"MQTT-3.1.2-11", "MQTT-3.1.4-1"})
    void withoutTheWillFlagNoWillStandsInThePayload() {
        open().send(bare().will(Publish.to(topic(), "x")).flip(WILL)).expectEnd();
    }

    @ParameterizedTest
    @ValueSource(ints = {WILL_QOS_1, WILL_QOS_2, WILL_QOS_1 | WILL_QOS_2})
    @Mqtt311({"MQTT-3.1.2-11", "MQTT-3.1.2-13", "MQTT-3.1.4-1"})
    void withoutTheWillFlagTheWillQosIsZero(int flags) {
        open().send(bare().flip(flags)).expectEnd();
    }

    @Test
    @Mqtt311({"MQTT-3.1.2-11", "MQTT-3.1.2-15", "MQTT-3.1.4-1"})
    void withoutTheWillFlagWillRetainIsZero() {
        open().send(bare().flip(WILL_RETAIN)).expectEnd();
    }

    @Test
    @Mqtt311({"MQTT-3.1.2-14", "MQTT-3.1.4-1"})
    void theWillQosIsNotThree() {
        open().send(bare().will(Publish.to(topic(), "x").qos(3))).expectEnd();
    }

    @Test
    @Mqtt311({"MQTT-3.1.2-18", "MQTT-3.1.2-19", "MQTT-3.1.4-1"})
    void theUserNameFlagSaysWhetherAUserNameStandsInThePayload() {
        open().send(bare().userName("name").flip(USER_NAME)).expectEnd();
        open().send(bare().flip(USER_NAME)).expectEnd();
        connect(bare().userName("name")).expectNothing();
    }

    @Test
    @Mqtt311({"MQTT-3.1.2-20", "MQTT-3.1.2-21", "MQTT-3.1.4-1"})
    void thePasswordFlagSaysWhetherAPasswordStandsInThePayload() {
        open().send(bare().userName("name").password("secret").flip(PASSWORD)).expectEnd();
        open().send(bare().userName("name").flip(PASSWORD)).expectEnd();
        connect(bare().userName("name").password("secret")).expectNothing();
    }

    @Test
    @Mqtt311({"MQTT-3.1.2-22", "MQTT-3.1.4-1"})
    void aPasswordNeedsAUserName() {
        open().send(bare().password("secret")).expectEnd();
    }

    @Test
    @Mqtt311("MQTT-3.1.2-24")
    void whoIsSilentForTooLongIsDisconnected() {
        var idle = connect(Connect.v311(name("c")).keepAlive(0));
        var start = Instant.now();
        var silent = connect(Connect.v311(name("c")).keepAlive(1));
        var pinging = connect(Connect.v311(name("c")).keepAlive(1));
        pinging.expectNothing();

        silent.expectEnd();

        assertThat(Duration.between(start, Instant.now()))
                .isBetween(Duration.ofMillis(1500), Duration.ofMillis(3500));
        idle.expectNothing();
    }

    // 3.1.3

    /// A bus that takes the fields in another order publishes another will.
    @Test
    @Mqtt311({"MQTT-3.1.3-1", "MQTT-3.1.3-3"})
    void theFieldsOfThePayloadComeInTheirOrder() {
        var topic = topic();
        var watcher = connectV311();
        watcher.subscribe(topic, 0);
        var name = name("c");
        var client =
                connect(
                        Connect.v311(name)
                                .will(Publish.to(topic, "message"))
                                .userName("name")
                                .password("secret"));

        connect(Connect.v311(name)).expectNothing();

        client.expectEnd();
        watcher.expectPublish("message");
    }

    @Test
    @Mqtt311({"MQTT-3.1.3-3", "MQTT-3.1.4-1", "MQTT-3.2.2-6"})
    void theClientIdentifierIsThere() {
        open().send("10 0a 00044d515454 04 02 003c").expectEnd();
        open().send("10 0b 00044d515454 04 02 003c 00").expectEnd();
        open().send("10 0d 00044d515454 04 02 003c 0002 78").expectEnd();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Z",
                "0123456789abcdefghijklm",
                "nopqrstuvwxyzABCDEFGHIJ",
                "KLMNOPQRSTUVWXYZ",
                "00000000000000000000000"
            })
    @Mqtt311("MQTT-3.1.3-5")
    void lettersAndDigitsMakeAnIdentifier(String clientId) {
        connect(Connect.v311(clientId).unclean()).disconnect();

        assertThat(open().connect(Connect.v311(clientId).unclean()).sessionPresent()).isTrue();
        connect(Connect.v311(clientId)).disconnect();
    }

    @Test
    @Mqtt311("MQTT-3.1.3-6")
    void clientsWithoutIdentifierGetOneEach() {
        var topic = topic();
        var one = connect(Connect.v311(""));
        var other = connect(Connect.v311(""));
        one.subscribe(topic, 0);

        other.send(Publish.to(topic, "x"));

        one.expectPublish("x");
        other.expectNothing();
        one.expectNothing();
    }

    @Test
    @Mqtt311({"MQTT-3.1.3-7", "MQTT-3.1.3-8", "MQTT-3.1.3-9", "MQTT-3.2.2-4", "MQTT-3.2.2-5"})
    void withoutIdentifierTheSessionIsClean() {
        var answer = open().send(Connect.v311("").unclean()).expectRefused(IDENTIFIER_REJECTED);

        assertThat(answer.flags()).isZero();
    }

    // 3.1.4

    @ParameterizedTest
    @CsvSource({
        "10 00, nothing",
        "10 05 00044d5154, a cut name",
        "10 06 00044d515454, no level",
        "10 07 00044d515454 04, no flags",
        "10 08 00044d515454 04 02, no keep alive",
        "10 09 00044d515454 04 02 00, half a keep alive",
        "10 0e 00044d515454 04 02 003c 000178 00, a byte too many",
        "10 ffffffff01, a remaining length of five bytes"
    })
    @Mqtt311({"MQTT-3.1.4-1", "MQTT-3.2.2-6"})
    void aMalformedConnectIsNotAnswered(String packet, String what) {
        assertThat(open().send(packet).expectClosed()).as(what).isNull();
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    @Mqtt311("MQTT-3.1.4-2")
    void theClientBeforeIsDisconnected(boolean cleanBefore, boolean cleanAfter) {
        var name = name("c");
        var before = connect(named(name, cleanBefore));
        before.subscribe(topic(), 1);

        var after = connect(named(name, cleanAfter));

        before.expectEnd();
        after.expectNothing();
    }

    @Test
    @Mqtt311({"MQTT-3.1.4-4", "MQTT-3.2.0-1"})
    void whoIsAcceptedGetsZero() {
        assertThat(open().connect(full())).returns(0, ConnAck::flags).returns(0, ConnAck::reason);
    }

    @Test
    @Mqtt311("MQTT-3.1.4-5")
    void behindARefusedConnectNothingIsProcessed() {
        var topic = topic();
        var watcher = connectV311();
        watcher.subscribe(topic, 1);

        var refused = Connect.v311("").unclean();
        var late = Publish.to(topic, "late").retained().bytes(Version.V311);
        var other = Connect.v311(name("c")).bytes();
        open().reading(Version.V311)
                .send(Bytes.bytes().raw(refused.bytes()).raw(late).raw(other).raw(late).toArray())
                .expectRefused(IDENTIFIER_REJECTED);

        connectV311().publish(Publish.to(topic, "marker").qos(1));
        watcher.expectPublish("marker");
        var later = connectV311();
        later.subscribe(topic, 0);
        later.expectNothing();
    }

    @Test
    @Mqtt311("MQTT-3.2.0-1")
    void connAckComesBeforeEverythingElse() {
        var topic = topic();
        var connect = Connect.v311(name("c")).unclean();
        var away = connect(connect);
        away.subscribe(topic, 1);
        away.drop();
        connectV311().publish(Publish.to(topic, "kept").qos(1));

        var subscribe = Subscribe.subscribe(1).filter(topic()).bytes(Version.V311);
        var all = Bytes.bytes().raw(connect.bytes()).raw(subscribe).raw(Bytes.hex("c000"));
        var client = open().reading(Version.V311).send(all.toArray());

        client.expect(ConnAck.class);
        client.expectPublish("kept");
        client.expect(SubAck.class);
        client.expect(PingResp.class);
    }

    private static Connect bare() {
        return Connect.v311(name("c"));
    }

    private static Connect full() {
        return bare().will(Publish.to(topic(), "x")).userName("name").password("secret");
    }

    private static Connect named(String name, boolean clean) {
        return clean ? Connect.v311(name) : Connect.v311(name).unclean();
    }
}
