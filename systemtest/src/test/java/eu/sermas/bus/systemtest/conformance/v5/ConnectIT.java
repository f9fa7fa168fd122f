package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Property.ASSIGNED_CLIENT_IDENTIFIER;
import static eu.sermas.bus.systemtest.raw.Property.AUTHENTICATION_METHOD;
import static eu.sermas.bus.systemtest.raw.Property.SESSION_EXPIRY_INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.ConformanceBus.Kind;
import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet;
import eu.sermas.bus.systemtest.raw.Packet.ConnAck;
import eu.sermas.bus.systemtest.raw.Properties;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.Type;
import eu.sermas.bus.systemtest.raw.Version;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 3.1: CONNECT, its format and what the bus does with it. Sessions, wills and limits have
/// classes of their own.
class ConnectIT extends Section {

    private static final int MALFORMED = 0x81;
    private static final int PROTOCOL_ERROR = 0x82;
    private static final int UNSUPPORTED_VERSION = 0x84;
    private static final int NOT_AUTHORIZED = 0x87;
    private static final int BAD_AUTHENTICATION_METHOD = 0x8C;
    private static final int SESSION_TAKEN_OVER = 0x8E;

    private static final int USER_NAME = 0x80;
    private static final int PASSWORD = 0x40;
    private static final int WILL_RETAIN = 0x20;
    private static final int WILL_QOS_1 = 0x08;
    private static final int WILL_QOS_2 = 0x10;
    private static final int WILL = 0x04;
    private static final int RESERVED = 0x01;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "20020000", // CONNACK
                "30050001780079", // PUBLISH
                "40020001", // PUBACK
                "50020001", // PUBREC
                "62020001", // PUBREL
                "70020001", // PUBCOMP
                "820700010000017800", // SUBSCRIBE
                "a206000100000178", // UNSUBSCRIBE
                "c000", // PINGREQ
                "e000", // DISCONNECT
                "f000" // AUTH
            })
    @Mqtt5("MQTT-3.1.0-1")
    void anotherFirstPacketThanConnectEndsTheConnection(String packet) {
        assertThat(open().send(packet).expectClosed()).isNull();
    }

    @Test
    @Mqtt5("MQTT-3.1.0-2")
    void aSecondConnectIsAProtocolError() {
        var connect = Connect.v5(name("c"));

        connect(connect).send(connect).expectDisconnect(PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "mqtt", "MQT", "MQTTX", "MQIsdp", "HTTP"})
    @Mqtt5("MQTT-3.1.2-1")
    void anotherProtocolNameIsRefused(String protocolName) {
        var client = open().send(Connect.v5(name("c")).protocol(protocolName, 5));

        assertUnsupported(client.expectClosed());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 6, 127, 133, 255})
    @Mqtt5("MQTT-3.1.2-2")
    void anotherVersionIsRefused(int level) {
        var client = open().send(Connect.v5(name("c")).protocol("MQTT", level));

        assertUnsupported(client.expectClosed());
    }

    @Test
    @Mqtt5("MQTT-3.1.2-3")
    void theReservedFlagIsMalformed() {
        open().send(Connect.v5(name("c")).flip(RESERVED)).expectRefused(MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {WILL, WILL | WILL_QOS_1, WILL | WILL_RETAIN})
    @Mqtt5("MQTT-3.1.2-9")
    void aWillThatIsFlaggedIsThere(int flags) {
        open().send(Connect.v5(name("c")).flip(flags)).expectRefused(MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    @Mqtt5("MQTT-3.1.2-9")
    void everyPartOfAWillThatIsFlaggedIsThere(int parts) {
        var body = connectHeader(WILL).text(name("c"));
        var will = Bytes.bytes();
        if (parts > 0) {
            will.varint(0);
        }
        if (parts > 1) {
            will.text("t");
        }
        if (parts > 2) {
            will.u16(5).u8('x');
        }

        open().send(Bytes.packet(Type.CONNECT, body.raw(will))).expectRefused(MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {WILL_QOS_1, WILL_QOS_2, WILL_QOS_1 | WILL_QOS_2})
    @Mqtt5("MQTT-3.1.2-11")
    void aWillQosWithoutAWillIsMalformed(int flags) {
        open().send(Connect.v5(name("c")).flip(flags)).expectRefused(MALFORMED);
    }

    @Test
    @Mqtt5("MQTT-3.1.2-12")
    void aWillOfQos3IsMalformed() {
        var connect = Connect.v5(name("c")).will(Publish.to(topic(), "x").qos(3));

        open().send(connect).expectRefused(MALFORMED);
    }

    @Test
    @Mqtt5("MQTT-3.1.2-13")
    void willRetainWithoutAWillIsMalformed() {
        open().send(Connect.v5(name("c")).flip(WILL_RETAIN)).expectRefused(MALFORMED);
    }

    @Test
    @Mqtt5("MQTT-3.1.2-16")
    void aUserNameThatIsNotFlaggedIsMalformed() {
        var connect = Connect.v5(name("c")).userName("u").flip(USER_NAME);

        open().send(connect).expectRefused(MALFORMED);
    }

    @Test
    @Mqtt5("MQTT-3.1.2-17")
    void aUserNameThatIsFlaggedIsThere() {
        open().send(Connect.v5(name("c")).flip(USER_NAME)).expectRefused(MALFORMED);
    }

    @Test
    @Mqtt5("MQTT-3.1.2-18")
    void aPasswordThatIsNotFlaggedIsMalformed() {
        var connect = Connect.v5(name("c")).userName("u").password("p").flip(PASSWORD);

        open().send(connect).expectRefused(MALFORMED);
    }

    @Test
    @Mqtt5("MQTT-3.1.2-19")
    void aPasswordThatIsFlaggedIsThere() {
        var connect = Connect.v5(name("c")).userName("u").flip(PASSWORD);

        open().send(connect).expectRefused(MALFORMED);
    }

    @Test
    @Mqtt5({"MQTT-3.1.2-17", "MQTT-3.1.2-19"})
    void aPasswordMayComeWithoutAUserName() {
        connect(Connect.v5(name("c")).userName("u").password("p")).expectNothing();
        connect(Connect.v5(name("c")).userName("u")).expectNothing();
        connect(Connect.v5(name("c")).password("p")).expectNothing();
    }

    /// The will shows that its fields were read where they stand, and the session that of the
    /// client identifier.
    @Test
    @Mqtt5({"MQTT-3.1.3-1", "MQTT-3.1.3-3"})
    void thePayloadIsReadInItsOrder() {
        var topic = topic();
        var clientId = name("c");
        var watcher = connectV5();
        watcher.subscribe(topic, 0);
        var will = Publish.to(topic, "will").user("name", "value");

        connect(
                        Connect.v5(clientId)
                                .with(SESSION_EXPIRY_INTERVAL, 60)
                                .will(will)
                                .userName("user")
                                .password("password"))
                .drop();

        var message = watcher.expectPublish("will");
        assertThat(message.topic()).isEqualTo(topic);
        assertThat(message.properties().user()).isEqualTo(will.properties().user());
        var again = open().connect(Connect.v5(clientId).unclean());
        assertThat(again.sessionPresent()).isTrue();
    }

    @Test
    @Mqtt5("MQTT-3.1.3-3")
    void withoutAClientIdentifierFieldConnectIsMalformed() {
        open().send(Bytes.packet(Type.CONNECT, connectHeader(0))).expectRefused(MALFORMED);
    }

    @Test
    @Mqtt5("MQTT-3.1.3-4")
    void theClientIdentifierIsText() {
        var connect = Connect.v5("").clientId(Bytes.hex("63eda080"));

        open().send(connect).expectRefused(MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0123456789ABCDEFGHIJKLM",
                "NOPQRSTUVWXYZabcdefghij",
                "klmnopqrstuvwxyz",
                "0",
                "a",
                "Z"
            })
    @Mqtt5("MQTT-3.1.3-5")
    void clientIdentifiersOfLettersAndDigitsAreAllowed(String clientId) {
        connect(Connect.v5(clientId)).expectNothing();
    }

    @Test
    @Mqtt5({"MQTT-3.1.3-6", "MQTT-3.1.3-7"})
    void anEmptyClientIdentifierIsReplacedByAUniqueOne() {
        var first = open();
        var assigned = assignedClientId(first.connect(Connect.v5("")));
        var second = open();

        assertThat(assignedClientId(second.connect(Connect.v5("")))).isNotEqualTo(assigned);

        // It is the identifier that the connection goes on with, for it can be taken over by it.
        connect(Connect.v5(assigned));
        first.expectDisconnect(SESSION_TAKEN_OVER);
        second.expectNothing();
    }

    private static String assignedClientId(ConnAck connAck) {
        return connAck.properties().text(ASSIGNED_CLIENT_IDENTIFIER);
    }

    /// No identifier is refused that is text, so none is ever answered 0x85.
    @ParameterizedTest
    @ValueSource(strings = {" ", "a/b", "+", "#", "$SYS", "名前", "\uFEFF", "a.b:c@d"})
    @Mqtt5("MQTT-3.1.3-8")
    void aClientIdentifierIsAcceptedOrTheConnectionEnds(String clientId) {
        connect(Connect.v5(clientId)).expectNothing();
        connect(Connect.v5(clientId.repeat(1_000))).expectNothing();
    }

    @Test
    @Mqtt5("MQTT-3.1.3-11")
    void theWillTopicIsText() {
        var body =
                connectHeader(WILL)
                        .text(name("c"))
                        .varint(0)
                        .binary(Bytes.hex("74eda080"))
                        .text("x");

        open().send(Bytes.packet(Type.CONNECT, body)).expectRefused(MALFORMED);
    }

    @Test
    @Mqtt5("MQTT-3.1.3-12")
    void theUserNameIsText() {
        var connect = Connect.v5(name("c")).userName(Bytes.hex("75eda080"));

        open().send(connect).expectRefused(MALFORMED);
    }

    @ParameterizedTest
    @CsvSource({
        "00044d51545405, 81, no flags",
        "00044d5154540502003c, 81, no properties",
        "00044d5154540502003c 05, 81, properties that end too early",
        "00044d5154540502003c 00 000163 00, 81, a surplus byte",
        "00044d5154540502003c 05 1100000001 0002 63, 81, a client identifier that ends too early",
        "00044d5154540502003c 0a 1100000001 1100000001 000163, 82, a property twice",
        "00044d5154540502003c 03 210000 000163, 82, Receive Maximum 0",
        "00044d5154540502003c 05 2700000000 000163, 82, Maximum Packet Size 0",
        "00044d5154540502003c 02 1702 000163, 82, Request Problem Information 2",
        "00044d5154540502003c 02 1902 000163, 82, Request Response Information 2",
        "00044d5154540502003c 03 160000 000163, 82, authentication data without a method",
        "00044d5154540502003c 03 230001 000163, 81, a property of PUBLISH",
        "00044d5154540502003c 02 7f00 000163, 81, an unknown property",
        "00044d5154540502003c 01 11 000163, 81, a property without its value",
        "00044d5154540506003c 00 000163 00 00012b 0000, 81, a will topic with a wildcard",
        "00044d5154540506003c 00 000163 00 0000 0000, 81, an empty will topic",
        "00044d5154540506003c 00 000163 02 0102 000174 0000, 82, Payload Format Indicator 2",
        "00044d5154540506003c 00 000163 03 230001 000174 0000, 81, a topic alias in the will"
    })
    @Mqtt5("MQTT-3.1.4-1")
    void aConnectThatBreaksTheFormatIsRefused(String body, String reason, String what) {
        var bytes = Bytes.bytes().raw(Bytes.hex(body));

        var answer =
                open().send(Bytes.packet(Type.CONNECT, bytes))
                        .expectRefused(Integer.parseInt(reason, 16));

        assertThat(answer.sessionPresent()).as(what).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1000", "100100", "10020004", "100600044d515454"})
    @Mqtt5("MQTT-3.1.4-1")
    void aConnectWithoutAVersionIsNotAnswered(String packet) {
        assertThat(open().send(packet).expectClosed()).isNull();
    }

    private static Stream<Connect> withoutRights() {
        return Stream.of(
                Connect.v5("c"),
                Connect.v5("c").userName("somebody"),
                Connect.v5("c").userName("somebody").password("secret"),
                Connect.v5("c").password("secret"),
                Connect.v5("c").userName("eyJhbGciOiJub25lIn0.e30.").password("x"));
    }

    @ParameterizedTest
    @MethodSource("withoutRights")
    @Mqtt5("MQTT-3.1.4-2")
    void whoIsNotAuthenticatedIsRefused(Connect connect) {
        open(Kind.GUARDED).send(connect).expectRefused(NOT_AUTHORIZED);
    }

    @Test
    @Mqtt5("MQTT-3.1.4-3")
    void anotherConnectionOfTheSameClientTakesOver() {
        var clientId = name("c");
        var first = connect(Connect.v5(clientId));

        var second = connect(Connect.v5(clientId));

        first.expectDisconnect(SESSION_TAKEN_OVER);
        second.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-3.1.4-3")
    void versionsTakeOverFromEachOther() {
        var clientId = name("c");
        var first = connect(Connect.v311(clientId));
        var second = connect(Connect.v5(clientId));
        assertThat(first.expectClosed()).isNull();

        connect(Connect.v311(clientId)).expectNothing();

        second.expectDisconnect(SESSION_TAKEN_OVER);
    }

    @Test
    @Mqtt5("MQTT-3.1.4-5")
    void aConnectThatIsAcceptedIsAnswered() {
        var answer = open().send(Connect.v5(name("c"))).expect(ConnAck.class);

        assertThat(answer).returns(0, ConnAck::reason).returns(0, ConnAck::flags);
    }

    @Test
    @Mqtt5("MQTT-3.1.4-6")
    void nothingBehindARefusedConnectIsProcessed() {
        var topic = topic();
        var watcher = connectV5();
        watcher.subscribe(topic, 0);
        var refused = Connect.v5(name("c")).flip(RESERVED).bytes();
        var publish = Publish.to(topic, "x").bytes(Version.V5);

        open().send(Bytes.bytes().raw(refused).raw(publish).toArray()).expectRefused(MALFORMED);

        watcher.expectNothing();
    }

    @Test
    @Mqtt5("MQTT-3.1.2-30")
    void beforeEnhancedAuthenticationIsCompleteNothingElseIsProcessed() {
        var topic = topic();
        var watcher = connectV5();
        watcher.subscribe(topic, 0);
        var connect = Connect.v5(name("c")).with(AUTHENTICATION_METHOD, "unknown").bytes();
        var publish = Publish.to(topic, "x").bytes(Version.V5);

        open().send(Bytes.bytes().raw(connect).raw(publish).toArray())
                .expectRefused(BAD_AUTHENTICATION_METHOD);

        watcher.expectNothing();
    }

    /// CONNECT up to its properties, of which there are none.
    private static Bytes connectHeader(int flags) {
        return Bytes.bytes()
                .text("MQTT")
                .u8(5)
                .u8(0x02 | flags)
                .u16(60)
                .raw(Properties.NONE.encoded());
    }

    /// 0x84, which is 1 in the CONNACK of a version before 5, or no answer.
    private static void assertUnsupported(@Nullable Packet last) {
        if (last != null) {
            assertThat(last)
                    .isInstanceOfSatisfying(
                            ConnAck.class,
                            answer -> assertThat(answer.reason()).isIn(UNSUPPORTED_VERSION, 1));
        }
    }
}
