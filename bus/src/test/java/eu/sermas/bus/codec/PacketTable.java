package eu.sermas.bus.codec;

import static eu.sermas.bus.packet.ProtocolVersion.MQTT_3_1;
import static eu.sermas.bus.packet.ProtocolVersion.MQTT_3_1_1;
import static eu.sermas.bus.packet.ProtocolVersion.MQTT_5;

import eu.sermas.bus.packet.Auth;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.PingReq;
import eu.sermas.bus.packet.PingResp;
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
import eu.sermas.bus.packet.RetainHandling;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.UnsubAck;
import eu.sermas.bus.packet.Unsubscribe;
import eu.sermas.bus.packet.Will;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Valid packets, written by hand after the specification: each row is read, written and cut to
/// pieces by [PacketTableTest].
///
/// @param clause where the specification has this form
/// @param wire in the notation of [Wire#bytes], the shortest form of the packet
record PacketTable(String clause, ProtocolVersion version, String wire, Packet packet) {

    static Stream<PacketTable> rows() {
        return Stream.of(connects(), connAcks(), publishes(), acks(), subscriptions(), others())
                .flatMap(List::stream);
    }

    private static PacketTable row(
            String clause, ProtocolVersion version, String wire, Packet packet) {
        return new PacketTable(clause, version, wire, packet);
    }

    private static List<PacketTable> connects() {
        Properties properties =
                Properties.builder()
                        .add(Property.SESSION_EXPIRY_INTERVAL, 0xFFFF_FFFFL)
                        .add(Property.RECEIVE_MAXIMUM, 10)
                        .add(Property.MAXIMUM_PACKET_SIZE, 65_536)
                        .add(Property.TOPIC_ALIAS_MAXIMUM, 5)
                        .add(Property.REQUEST_RESPONSE_INFORMATION, 1)
                        .add(Property.REQUEST_PROBLEM_INFORMATION, 0)
                        .user("k", "v")
                        .user("k", "w")
                        .add(Property.AUTHENTICATION_METHOD, "JWT")
                        .add(Property.AUTHENTICATION_DATA, Wire.bytes("01 02"))
                        .build();
        Properties willProperties =
                Properties.builder()
                        .add(Property.WILL_DELAY_INTERVAL, 30)
                        .add(Property.PAYLOAD_FORMAT_INDICATOR, 1)
                        .add(Property.MESSAGE_EXPIRY_INTERVAL, 60)
                        .add(Property.CONTENT_TYPE, "text")
                        .add(Property.RESPONSE_TOPIC, "r")
                        .add(Property.CORRELATION_DATA, Wire.bytes("FF"))
                        .build();
        Will will = will("w", "bye", QoS.AT_MOST_ONCE, false, Properties.NONE);
        Will will5 = will("w", "bye", QoS.EXACTLY_ONCE, true, willProperties);
        return List.of(
                row(
                        "3.1: 3.1, MQIsdp level 3",
                        MQTT_3_1,
                        "10 10 \"MQIsdp\" 03 02 003C \"id\"",
                        connect(MQTT_3_1, "id", null, null, null, Properties.NONE)),
                row(
                        "3.1: 3.1, an identifier of more than 23 characters",
                        MQTT_3_1,
                        "10 26 \"MQIsdp\" 03 02 003C \"123456789012345678901234\"",
                        connect(
                                MQTT_3_1,
                                "123456789012345678901234",
                                null,
                                null,
                                null,
                                Properties.NONE)),
                row(
                        "3.1.1: 3.1.3.1, an empty client identifier",
                        MQTT_3_1_1,
                        "10 0C \"MQTT\" 04 02 003C \"\"",
                        connect(MQTT_3_1_1, "", null, null, null, Properties.NONE)),
                row(
                        "3.1.1: 3.1.2.3, will, user name, password",
                        MQTT_3_1_1,
                        "10 1C \"MQTT\" 04 C6 003C \"id\" \"w\" \"bye\" \"u\" \"p\"",
                        connect(MQTT_3_1_1, "id", will, "u", "p", Properties.NONE)),
                row(
                        "5: 3.1.2.9, a password without user name",
                        MQTT_5,
                        "10 12 \"MQTT\" 05 42 003C 00 \"id\" \"p\"",
                        connect(MQTT_5, "id", null, null, "p", Properties.NONE)),
                row(
                        "5: 3.1.2.11 and 3.1.3.2, every property",
                        MQTT_5,
                        "10 66 \"MQTT\" 05 F6 003C"
                                + " 2D 11 FFFFFFFF 21 000A 27 00010000 22 0005 19 01 17 00"
                                + " 26 \"k\" \"v\" 26 \"k\" \"w\" 15 \"JWT\" 16 0002 0102 \"id\""
                                + " 1B 18 0000001E 01 01 02 0000003C 03 \"text\" 08 \"r\" 09 0001 FF"
                                + " \"w\" \"bye\" \"u\" \"p\"",
                        connect(MQTT_5, "id", will5, "u", "p", properties)));
    }

    private static Will will(
            String topic, String payload, QoS qos, boolean retain, Properties properties) {
        byte[] bytes = Wire.bytes("'" + payload + "'");
        return new Will(Topic.of(topic), bytes, qos, retain, properties);
    }

    private static Connect connect(
            ProtocolVersion version,
            String clientId,
            @Nullable Will will,
            @Nullable String userName,
            @Nullable String password,
            Properties properties) {
        byte[] secret = password == null ? null : Wire.bytes("'" + password + "'");
        return new Connect(version, clientId, true, 60, will, userName, secret, properties);
    }

    private static List<PacketTable> connAcks() {
        Properties properties =
                Properties.builder()
                        .add(Property.SESSION_EXPIRY_INTERVAL, 1)
                        .add(Property.RECEIVE_MAXIMUM, 2)
                        .add(Property.MAXIMUM_QOS, 1)
                        .add(Property.RETAIN_AVAILABLE, 0)
                        .add(Property.MAXIMUM_PACKET_SIZE, 3)
                        .add(Property.ASSIGNED_CLIENT_IDENTIFIER, "a")
                        .add(Property.TOPIC_ALIAS_MAXIMUM, 4)
                        .add(Property.REASON_STRING, "b")
                        .user("c", "d")
                        .add(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, 0)
                        .add(Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 0)
                        .add(Property.SHARED_SUBSCRIPTION_AVAILABLE, 0)
                        .add(Property.SERVER_KEEP_ALIVE, 5)
                        .add(Property.RESPONSE_INFORMATION, "e")
                        .add(Property.SERVER_REFERENCE, "f")
                        .add(Property.AUTHENTICATION_METHOD, "g")
                        .add(Property.AUTHENTICATION_DATA, Wire.bytes("06"))
                        .build();
        return List.of(
                row("3.1: 3.2, accepted", MQTT_3_1, "20 02 00 00", connAck(false, 0)),
                row("3.1.1: 3.2.2.2, session present", MQTT_3_1_1, "20 02 01 00", connAck(true, 0)),
                row("3.1.1: 3.2.2.3, code 1", MQTT_3_1_1, "20 02 00 01", connAck(false, 0x84)),
                row("3.1.1: 3.2.2.3, code 2", MQTT_3_1_1, "20 02 00 02", connAck(false, 0x85)),
                row("3.1.1: 3.2.2.3, code 3", MQTT_3_1_1, "20 02 00 03", connAck(false, 0x88)),
                row("3.1.1: 3.2.2.3, code 4", MQTT_3_1_1, "20 02 00 04", connAck(false, 0x86)),
                row("3.1.1: 3.2.2.3, code 5", MQTT_3_1_1, "20 02 00 05", connAck(false, 0x87)),
                row("5: 3.2.2.2, refused", MQTT_5, "20 03 00 87 00", connAck(false, 0x87)),
                row("5: 3.2.2.1, session", MQTT_5, "20 03 01 00 00", connAck(true, 0)),
                row(
                        "5: 3.2.2.3, every property",
                        MQTT_5,
                        "20 3F 00 00 3C 11 00000001 21 0002 24 01 25 00 27 00000003 12 \"a\""
                                + " 22 0004 1F \"b\" 26 \"c\" \"d\" 28 00 29 00 2A 00 13 0005"
                                + " 1A \"e\" 1C \"f\" 15 \"g\" 16 0001 06",
                        new ConnAck(false, ReasonCode.SUCCESS, properties)));
    }

    private static ConnAck connAck(boolean sessionPresent, int code) {
        ReasonCode reason =
                Stream.of(ReasonCode.values())
                        .filter(c -> c.value() == code)
                        .findFirst()
                        .orElseThrow();
        return new ConnAck(sessionPresent, reason, Properties.NONE);
    }

    private static List<PacketTable> publishes() {
        Properties properties =
                Properties.builder()
                        .add(Property.PAYLOAD_FORMAT_INDICATOR, 1)
                        .add(Property.MESSAGE_EXPIRY_INTERVAL, 9)
                        .add(Property.TOPIC_ALIAS, 1)
                        .add(Property.RESPONSE_TOPIC, "r/s")
                        .add(Property.CORRELATION_DATA, Wire.bytes("0102"))
                        .user("a", "b")
                        .add(Property.SUBSCRIPTION_IDENTIFIER, 1)
                        .add(Property.SUBSCRIPTION_IDENTIFIER, 268_435_455)
                        .add(Property.CONTENT_TYPE, "t")
                        .build();
        Properties alias = Properties.builder().add(Property.TOPIC_ALIAS, 7).build();
        return List.of(
                row(
                        "3.1.1: 3.3, QoS 0",
                        MQTT_3_1_1,
                        "30 05 \"a/b\"",
                        publish("a/b", "", 0, false, false, 0, Properties.NONE)),
                row(
                        "3.1.1: 3.3.1, QoS 1, DUP, RETAIN",
                        MQTT_3_1_1,
                        "3B 09 \"a/b\" 000A 'hi'",
                        publish("a/b", "hi", 1, true, true, 10, Properties.NONE)),
                row(
                        "3.1: 3.3, QoS 2",
                        MQTT_3_1,
                        "34 09 \"a/b\" FFFF 'hi'",
                        publish("a/b", "hi", 2, false, false, 65_535, Properties.NONE)),
                row(
                        "5: 3.3.2.3.1, no properties",
                        MQTT_5,
                        "32 0A \"a/b\" 000A 00 'hi'",
                        publish("a/b", "hi", 1, false, false, 10, Properties.NONE)),
                row(
                        "5: 3.3.2.3, every property",
                        MQTT_5,
                        "30 2F \"a/b\" 27 01 01 02 00000009 23 0001 08 \"r/s\" 09 0002 0102"
                                + " 26 \"a\" \"b\" 0B 01 0B FFFFFF7F 03 \"t\" 'hi'",
                        publish("a/b", "hi", 0, false, false, 0, properties)),
                row(
                        "5: 3.3.2.3.4, alias in the place of the topic",
                        MQTT_5,
                        "30 08 \"\" 03 23 0007 'hi'",
                        publish(null, "hi", 0, false, false, 0, alias)),
                row(
                        "1.5.4-3, a BOM is kept",
                        MQTT_3_1_1,
                        "30 06 0004 EFBBBF 61",
                        publish("\uFEFFa", "", 0, false, false, 0, Properties.NONE)),
                row(
                        "2.2.3, a remaining length of two bytes",
                        MQTT_3_1_1,
                        "30 8001 \"t\" '" + "x".repeat(125) + "'",
                        publish("t", "x".repeat(125), 0, false, false, 0, Properties.NONE)));
    }

    private static Publish publish(
            @Nullable String topic,
            String payload,
            int qos,
            boolean retain,
            boolean dup,
            int packetId,
            Properties properties) {
        return new Publish(
                topic == null ? null : Topic.of(topic),
                Wire.bytes("'" + payload + "'"),
                QoS.of(qos),
                retain,
                dup,
                packetId,
                properties);
    }

    private static List<PacketTable> acks() {
        Properties why = Properties.reason("no");
        return List.of(
                row("3.1.1: 3.4", MQTT_3_1_1, "40 02 0102", PubAck.success(0x0102)),
                row("3.1.1: 3.5", MQTT_3_1_1, "50 02 0102", PubRec.success(0x0102)),
                row("3.1.1: 3.6", MQTT_3_1_1, "62 02 0102", PubRel.success(0x0102)),
                row("3.1: 3.7", MQTT_3_1, "70 02 0102", PubComp.success(0x0102)),
                row("5: 3.4.2.1, bare", MQTT_5, "40 02 0102", PubAck.success(0x0102)),
                row(
                        "5: 3.4.2.1, code alone",
                        MQTT_5,
                        "40 03 0102 10",
                        new PubAck(0x0102, ReasonCode.NO_MATCHING_SUBSCRIBERS, Properties.NONE)),
                row(
                        "5: 3.4.2.2",
                        MQTT_5,
                        "40 09 0102 87 05 1F \"no\"",
                        new PubAck(0x0102, ReasonCode.NOT_AUTHORIZED, why)),
                row(
                        "5: 3.5.2.2",
                        MQTT_5,
                        "50 09 0102 97 05 1F \"no\"",
                        new PubRec(0x0102, ReasonCode.QUOTA_EXCEEDED, why)),
                row(
                        "5: 3.6.2.1",
                        MQTT_5,
                        "62 03 0102 92",
                        new PubRel(
                                0x0102, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, Properties.NONE)),
                row(
                        "5: 3.7.2.2, success with a reason",
                        MQTT_5,
                        "70 09 0102 00 05 1F \"no\"",
                        new PubComp(0x0102, ReasonCode.SUCCESS, why)));
    }

    private static List<PacketTable> subscriptions() {
        TopicFilter filter = TopicFilter.of("a/+/#");
        TopicFilter shared = TopicFilter.of("$share/g/x");
        Properties id = Properties.builder().add(Property.SUBSCRIPTION_IDENTIFIER, 200).build();
        List<ReasonCode> codes =
                List.of(
                        ReasonCode.GRANTED_QOS_0,
                        ReasonCode.GRANTED_QOS_1,
                        ReasonCode.GRANTED_QOS_2,
                        ReasonCode.UNSPECIFIED_ERROR);
        return List.of(
                row(
                        "3.1.1: 3.8",
                        MQTT_3_1_1,
                        "82 0E 0001 \"a/+/#\" 02 \"x\" 00",
                        new Subscribe(
                                1,
                                List.of(
                                        Subscription.of(filter, QoS.EXACTLY_ONCE),
                                        Subscription.of(TopicFilter.of("x"), QoS.AT_MOST_ONCE)),
                                Properties.NONE)),
                row(
                        "5: 3.8.3.1, options and shared",
                        MQTT_5,
                        "82 1B 0001 03 0B C801 \"a/+/#\" 1D \"$share/g/x\" 22",
                        new Subscribe(
                                1,
                                List.of(
                                        new Subscription(
                                                filter,
                                                QoS.AT_LEAST_ONCE,
                                                true,
                                                true,
                                                RetainHandling.SEND_IF_NEW),
                                        new Subscription(
                                                shared,
                                                QoS.EXACTLY_ONCE,
                                                false,
                                                false,
                                                RetainHandling.DO_NOT_SEND)),
                                id)),
                row(
                        "3.1.1: 3.9",
                        MQTT_3_1_1,
                        "90 06 0001 00 01 02 80",
                        new SubAck(1, codes, Properties.NONE)),
                row(
                        "5: 3.9",
                        MQTT_5,
                        "90 08 0001 00 00 01 02 80 A2",
                        new SubAck(
                                1,
                                Stream.concat(
                                                codes.stream(),
                                                Stream.of(
                                                        ReasonCode
                                                                .WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED))
                                        .toList(),
                                Properties.NONE)),
                row(
                        "3.1.1: 3.10",
                        MQTT_3_1_1,
                        "A2 09 0001 \"a/+/#\"",
                        new Unsubscribe(1, List.of(filter), Properties.NONE)),
                row(
                        "5: 3.10",
                        MQTT_5,
                        "A2 16 0001 00 \"a/+/#\" \"$share/g/x\"",
                        new Unsubscribe(1, List.of(filter, shared), Properties.NONE)),
                row(
                        "3.1.1: 3.11",
                        MQTT_3_1_1,
                        "B0 02 0001",
                        new UnsubAck(1, List.of(), Properties.NONE)),
                row(
                        "5: 3.11",
                        MQTT_5,
                        "B0 05 0001 00 00 11",
                        new UnsubAck(
                                1,
                                List.of(ReasonCode.SUCCESS, ReasonCode.NO_SUBSCRIPTION_EXISTED),
                                Properties.NONE)));
    }

    private static List<PacketTable> others() {
        Properties method = Properties.builder().add(Property.AUTHENTICATION_METHOD, "J").build();
        Properties moved =
                Properties.builder()
                        .add(Property.SESSION_EXPIRY_INTERVAL, 0)
                        .add(Property.SERVER_REFERENCE, "h")
                        .build();
        return List.of(
                row("3.12", MQTT_3_1, "C0 00", PingReq.INSTANCE),
                row("3.13", MQTT_5, "D0 00", PingResp.INSTANCE),
                row("3.1.1: 3.14", MQTT_3_1_1, "E0 00", disconnect(ReasonCode.SUCCESS)),
                row("5: 3.14, normal", MQTT_5, "E0 00", disconnect(ReasonCode.SUCCESS)),
                row(
                        "5: 3.14.2.1, code alone",
                        MQTT_5,
                        "E0 01 04",
                        disconnect(ReasonCode.DISCONNECT_WITH_WILL_MESSAGE)),
                row(
                        "5: 3.14.2.2",
                        MQTT_5,
                        "E0 0B 9D 09 11 00000000 1C \"h\"",
                        new Disconnect(ReasonCode.SERVER_MOVED, moved)),
                row(
                        "5: 3.15.2.1, success, bare",
                        MQTT_5,
                        "F0 00",
                        new Auth(ReasonCode.SUCCESS, Properties.NONE)),
                row(
                        "5: 3.15.2.2",
                        MQTT_5,
                        "F0 06 19 04 15 \"J\"",
                        new Auth(ReasonCode.REAUTHENTICATE, method)));
    }

    private static Disconnect disconnect(ReasonCode code) {
        return new Disconnect(code, Properties.NONE);
    }

    @Override
    public String toString() {
        return clause + " (" + version + ")";
    }
}
