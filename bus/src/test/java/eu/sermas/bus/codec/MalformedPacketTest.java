package eu.sermas.bus.codec;

import static eu.sermas.bus.packet.ProtocolVersion.MQTT_3_1;
import static eu.sermas.bus.packet.ProtocolVersion.MQTT_3_1_1;
import static eu.sermas.bus.packet.ProtocolVersion.MQTT_5;
import static eu.sermas.bus.packet.ReasonCode.CLIENT_IDENTIFIER_NOT_VALID;
import static eu.sermas.bus.packet.ReasonCode.MALFORMED_PACKET;
import static eu.sermas.bus.packet.ReasonCode.PACKET_TOO_LARGE;
import static eu.sermas.bus.packet.ReasonCode.PROTOCOL_ERROR;
import static eu.sermas.bus.packet.ReasonCode.QUOTA_EXCEEDED;
import static eu.sermas.bus.packet.ReasonCode.TOPIC_ALIAS_INVALID;
import static eu.sermas.bus.packet.ReasonCode.TOPIC_FILTER_INVALID;
import static eu.sermas.bus.packet.ReasonCode.TOPIC_NAME_INVALID;
import static eu.sermas.bus.packet.ReasonCode.UNSUPPORTED_PROTOCOL_VERSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.ReasonCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What must be refused, and with which reason code.
class MalformedPacketTest {

    /// @param wire in the notation of [Wire#bytes]
    record Row(String clause, ProtocolVersion version, String wire, ReasonCode reasonCode) {
        @Override
        public String toString() {
            return clause + " (" + version + ")";
        }
    }

    static Stream<Row> rows() {
        return Stream.of(
                        fixedHeaders(),
                        strings(),
                        connects(),
                        publishes(),
                        subscriptions(),
                        properties(),
                        codes())
                .flatMap(List::stream);
    }

    private static Row row(String clause, ProtocolVersion version, String wire, ReasonCode code) {
        return new Row(clause, version, wire, code);
    }

    private static List<Row> fixedHeaders() {
        return List.of(
                row("2.1.2, type 0", MQTT_5, "00 00", MALFORMED_PACKET),
                row("2.1.2, type 0, by its first byte", MQTT_5, "00", MALFORMED_PACKET),
                row("3.1.1: 2.2.1, type 15", MQTT_3_1_1, "F0 00", MALFORMED_PACKET),
                row("MQTT-2.1.3-1, CONNECT", MQTT_5, "11", MALFORMED_PACKET),
                row("MQTT-2.1.3-1, CONNACK", MQTT_5, "22", MALFORMED_PACKET),
                row("MQTT-2.1.3-1, PUBACK", MQTT_5, "44", MALFORMED_PACKET),
                row("MQTT-2.1.3-1, PUBREC", MQTT_5, "58", MALFORMED_PACKET),
                row("MQTT-3.6.1-1, PUBREL", MQTT_5, "60", MALFORMED_PACKET),
                row("MQTT-3.6.1-1, PUBREL with DUP", MQTT_3_1_1, "6A", MALFORMED_PACKET),
                row("MQTT-2.1.3-1, PUBCOMP", MQTT_5, "72", MALFORMED_PACKET),
                row("MQTT-3.8.1-1, SUBSCRIBE", MQTT_3_1_1, "80", MALFORMED_PACKET),
                row("MQTT-3.8.1-1, SUBSCRIBE with DUP", MQTT_5, "8A", MALFORMED_PACKET),
                row("3.1: 3.8, SUBSCRIBE at QoS 2", MQTT_3_1, "84", MALFORMED_PACKET),
                row("MQTT-2.1.3-1, SUBACK", MQTT_5, "91", MALFORMED_PACKET),
                row("MQTT-3.10.1-1, UNSUBSCRIBE", MQTT_5, "A0", MALFORMED_PACKET),
                row("MQTT-2.1.3-1, UNSUBACK", MQTT_5, "B2", MALFORMED_PACKET),
                row("MQTT-2.1.3-1, PINGREQ", MQTT_5, "C8", MALFORMED_PACKET),
                row("MQTT-2.1.3-1, PINGRESP", MQTT_5, "D1", MALFORMED_PACKET),
                row("MQTT-3.14.1-1, DISCONNECT", MQTT_5, "E1", MALFORMED_PACKET),
                row("MQTT-3.15.1-1, AUTH", MQTT_5, "F1", MALFORMED_PACKET),
                row("1.5.5, five bytes", MQTT_5, "30 80808080", MALFORMED_PACKET),
                row("1.5.5, five bytes, all set", MQTT_5, "30 FFFFFFFF 7F", MALFORMED_PACKET),
                row("MQTT-1.5.5-1, padded", MQTT_5, "C0 8000", MALFORMED_PACKET),
                row("MQTT-1.5.5-1, padded more", MQTT_5, "C0 818000", MALFORMED_PACKET),
                row("MQTT-3.1.2-24, before the body", MQTT_5, "30 FFFFFF7F", PACKET_TOO_LARGE),
                row("3.12, PINGREQ with a body", MQTT_5, "C0 01 00", MALFORMED_PACKET),
                row("3.13, PINGRESP with a body", MQTT_3_1, "D0 01 00", MALFORMED_PACKET),
                row("3.1.1: 3.14, a body", MQTT_3_1_1, "E0 01 00", MALFORMED_PACKET),
                row("3.1.1: 3.4, a reason code", MQTT_3_1_1, "40 03 0001 00", MALFORMED_PACKET),
                row("3.4, one byte", MQTT_5, "40 01 00", MALFORMED_PACKET),
                row("3.4, empty", MQTT_3_1_1, "40 00", MALFORMED_PACKET),
                row("MQTT-2.2.1-4, PUBACK 0", MQTT_3_1_1, "40 02 0000", PROTOCOL_ERROR),
                row("MQTT-2.2.1-4, PUBREL 0", MQTT_5, "62 02 0000", PROTOCOL_ERROR));
    }

    private static List<Row> strings() {
        return List.of(
                row("MQTT-1.5.4-2, U+0000", MQTT_5, "30 06 0003 610062 00", MALFORMED_PACKET),
                row("MQTT-1.5.4-1, surrogate", MQTT_5, "30 06 0003 EDA080 00", MALFORMED_PACKET),
                row("MQTT-1.5.4-1, overlong", MQTT_5, "30 05 0002 C080 00", MALFORMED_PACKET),
                row("MQTT-1.5.4-1, overlong 3", MQTT_5, "30 06 0003 E08080 00", MALFORMED_PACKET),
                row("MQTT-1.5.4-1, cut", MQTT_5, "30 05 0002 61C3 00", MALFORMED_PACKET),
                row("MQTT-1.5.4-1, stray", MQTT_5, "30 04 0001 80 00", MALFORMED_PACKET),
                row(
                        "MQTT-1.5.4-1, beyond U+10FFFF",
                        MQTT_5,
                        "30 07 0004 F4908080 00",
                        MALFORMED_PACKET),
                row("MQTT-1.5.4-1, FE", MQTT_3_1_1, "30 03 0001 FE", MALFORMED_PACKET),
                row("1.5.4, U+0001", MQTT_3_1, "30 04 0002 6101", MALFORMED_PACKET),
                row("1.5.3, U+001F", MQTT_3_1_1, "30 04 0002 611F", MALFORMED_PACKET),
                row("1.5.4, U+007F", MQTT_5, "30 05 0002 617F 00", MALFORMED_PACKET),
                row("1.5.4, U+0080", MQTT_5, "30 05 0002 C280 00", MALFORMED_PACKET),
                row("1.5.4, U+009F", MQTT_5, "30 05 0002 C29F 00", MALFORMED_PACKET),
                row("1.5.4, U+FDD0", MQTT_5, "30 06 0003 EFB790 00", MALFORMED_PACKET),
                row("1.5.4, U+FFFF", MQTT_5, "30 06 0003 EFBFBF 00", MALFORMED_PACKET),
                row("1.5.4, U+1FFFE", MQTT_5, "30 07 0004 F09FBFBE 00", MALFORMED_PACKET),
                row(
                        "1.5.4, will topic",
                        MQTT_3_1_1,
                        "10 12 \"MQTT\" 04 06 003C \"i\" 0001 01 \"\"",
                        MALFORMED_PACKET),
                row(
                        "1.5.4, user property of a message",
                        MQTT_5,
                        "30 0B \"t\" 07 26 \"n\" 0001 0A",
                        MALFORMED_PACKET),
                row(
                        "1.5.4, content type of a message",
                        MQTT_5,
                        "30 08 \"t\" 04 03 0001 0A",
                        MALFORMED_PACKET),
                row(
                        "MQTT-1.5.4-1, client identifier",
                        MQTT_5,
                        "10 0E \"MQTT\" 05 00 0000 00 0001 FF",
                        MALFORMED_PACKET),
                row(
                        "MQTT-1.5.4-1, user property",
                        MQTT_5,
                        "40 0B 0001 00 07 26 \"a\" 0001 FF",
                        MALFORMED_PACKET));
    }

    private static List<Row> connects() {
        String name = "\"MQTT\"";
        return List.of(
                row("3.1.2.3, empty", MQTT_5, "10 00", MALFORMED_PACKET),
                row(
                        "MQTT-3.1.2-1, name",
                        MQTT_5,
                        "10 0C \"MQTX\" 04 00 0000 \"\"",
                        UNSUPPORTED_PROTOCOL_VERSION),
                row(
                        "MQTT-3.1.2-2, level 6",
                        MQTT_5,
                        "10 0C \"MQTT\" 06 00 0000 \"\"",
                        UNSUPPORTED_PROTOCOL_VERSION),
                row(
                        "MQTT-3.1.2-2, MQTT with level 3",
                        MQTT_5,
                        "10 0C \"MQTT\" 03 00 0000 \"\"",
                        UNSUPPORTED_PROTOCOL_VERSION),
                row(
                        "3.1.2.1, MQIsdp with level 4",
                        MQTT_5,
                        "10 0E \"MQIsdp\" 04 00 0000 \"\"",
                        UNSUPPORTED_PROTOCOL_VERSION),
                row(
                        "MQTT-3.1.2-3, reserved flag",
                        MQTT_5,
                        "10 0D " + name + " 05 01 0000 00 \"\"",
                        MALFORMED_PACKET),
                row(
                        "MQTT-3.1.2-3, reserved flag",
                        MQTT_3_1_1,
                        "10 0C " + name + " 04 03 0000 \"\"",
                        MALFORMED_PACKET),
                row(
                        "MQTT-3.1.2-11, will QoS without will",
                        MQTT_5,
                        "10 0D " + name + " 05 08 0000 00 \"\"",
                        MALFORMED_PACKET),
                row(
                        "MQTT-3.1.2-13, will retain without will",
                        MQTT_3_1_1,
                        "10 0C " + name + " 04 20 0000 \"\"",
                        MALFORMED_PACKET),
                row(
                        "MQTT-3.1.2-12, will QoS 3",
                        MQTT_5,
                        "10 14 " + name + " 05 1C 0000 00 \"\" 00 \"w\" \"p\"",
                        MALFORMED_PACKET),
                row(
                        "3.1.3, will flag without will",
                        MQTT_5,
                        "10 0D " + name + " 05 04 0000 00 \"\"",
                        MALFORMED_PACKET),
                row(
                        "3.1.3.3, empty will topic",
                        MQTT_3_1_1,
                        "10 10 " + name + " 04 04 0000 \"\" \"\" \"\"",
                        MALFORMED_PACKET),
                row(
                        "3.1.3.3, will topic with wildcard",
                        MQTT_3_1_1,
                        "10 11 " + name + " 04 04 0000 \"\" \"#\" \"\"",
                        MALFORMED_PACKET),
                row(
                        "MQTT-3.1.2-17, user name flag without user name",
                        MQTT_3_1_1,
                        "10 0C " + name + " 04 80 0000 \"\"",
                        MALFORMED_PACKET),
                row(
                        "MQTT-3.1.2-16, user name without its flag",
                        MQTT_3_1_1,
                        "10 0F " + name + " 04 00 0000 \"\" \"u\"",
                        MALFORMED_PACKET),
                row(
                        "3.1.1: MQTT-3.1.2-22, password alone",
                        MQTT_3_1_1,
                        "10 0F " + name + " 04 40 0000 \"\" \"p\"",
                        MALFORMED_PACKET),
                row(
                        "3.1: 3.1, password alone",
                        MQTT_3_1,
                        "10 12 \"MQIsdp\" 03 40 0000 \"i\" \"p\"",
                        MALFORMED_PACKET),
                row(
                        "3.1: 3.1, empty client identifier",
                        MQTT_3_1,
                        "10 0E \"MQIsdp\" 03 02 0000 \"\"",
                        CLIENT_IDENTIFIER_NOT_VALID),
                row("MQTT-3.2.2-1, CONNACK", MQTT_5, "20 03 02 00 00", MALFORMED_PACKET),
                row("MQTT-3.2.2-6, CONNACK", MQTT_5, "20 03 01 87 00", PROTOCOL_ERROR),
                row("3.1.1: 3.2.2.3, code 6", MQTT_3_1_1, "20 02 00 06", PROTOCOL_ERROR));
    }

    private static List<Row> publishes() {
        return List.of(
                row("MQTT-3.3.1-4, QoS 3", MQTT_3_1_1, "36 05 \"t\" 0001", MALFORMED_PACKET),
                row("MQTT-3.3.1-2, DUP, QoS 0", MQTT_3_1_1, "38 03 \"t\"", MALFORMED_PACKET),
                row("MQTT-2.2.1-3, id 0", MQTT_5, "32 06 \"t\" 0000 00", PROTOCOL_ERROR),
                row("3.3.2.2, no id", MQTT_3_1_1, "32 03 \"t\"", MALFORMED_PACKET),
                row("3.3.2.1, no topic", MQTT_3_1_1, "30 00", MALFORMED_PACKET),
                row("3.3.2.1, topic cut", MQTT_3_1_1, "30 04 0005 6162", MALFORMED_PACKET),
                row("3.3.2.3, no property length", MQTT_5, "30 03 \"t\"", MALFORMED_PACKET),
                row("MQTT-3.3.2-2, +", MQTT_5, "30 06 \"a/+\" 00", MALFORMED_PACKET),
                row("MQTT-3.3.2-2, #", MQTT_3_1_1, "30 03 \"#\"", MALFORMED_PACKET),
                row("MQTT-3.3.2-2, a#b", MQTT_3_1_1, "30 05 \"a#b\"", MALFORMED_PACKET),
                row("3.1.1: MQTT-4.7.3-1, empty", MQTT_3_1_1, "30 02 \"\"", MALFORMED_PACKET),
                row("3.3.2.1, empty, no alias", MQTT_5, "30 03 \"\" 00", PROTOCOL_ERROR),
                row("MQTT-3.3.2-8, alias 0", MQTT_5, "30 07 \"t\" 03 23 0000", TOPIC_ALIAS_INVALID),
                row(
                        "limit: levels of a topic",
                        MQTT_3_1_1,
                        "30 CA01 \"" + "/".repeat(200) + "\"",
                        TOPIC_NAME_INVALID),
                row(
                        "MQTT-3.3.2-14, response topic",
                        MQTT_5,
                        "30 08 \"t\" 04 08 \"#\"",
                        MALFORMED_PACKET),
                row(
                        "4.7.3, empty response topic",
                        MQTT_5,
                        "30 07 \"t\" 03 08 \"\"",
                        MALFORMED_PACKET));
    }

    private static List<Row> subscriptions() {
        return List.of(
                row("MQTT-3.8.3-2, none", MQTT_3_1_1, "82 02 0001", PROTOCOL_ERROR),
                row("MQTT-3.8.3-2, none", MQTT_5, "82 03 0001 00", PROTOCOL_ERROR),
                row("MQTT-3.10.3-2, none", MQTT_3_1_1, "A2 02 0001", PROTOCOL_ERROR),
                row("MQTT-3.10.3-2, none", MQTT_5, "A2 03 0001 00", PROTOCOL_ERROR),
                row("MQTT-2.2.1-3, id 0", MQTT_3_1_1, "82 06 0000 \"a\" 00", PROTOCOL_ERROR),
                row("MQTT-2.2.1-3, id 0", MQTT_3_1_1, "A2 05 0000 \"a\"", PROTOCOL_ERROR),
                row("3.8.3, no options", MQTT_3_1_1, "82 05 0001 \"a\"", MALFORMED_PACKET),
                row("MQTT-3-8.3-4, QoS 3", MQTT_3_1_1, "82 06 0001 \"a\" 03", MALFORMED_PACKET),
                row("MQTT-3-8.3-4, reserved", MQTT_3_1_1, "82 06 0001 \"a\" 04", MALFORMED_PACKET),
                row("3.8.3.1, QoS 3", MQTT_5, "82 07 0001 00 \"a\" 03", PROTOCOL_ERROR),
                row("3.8.3.1, handling 3", MQTT_5, "82 07 0001 00 \"a\" 30", PROTOCOL_ERROR),
                row("MQTT-3.8.3-5, bit 6", MQTT_5, "82 07 0001 00 \"a\" 40", MALFORMED_PACKET),
                row("MQTT-3.8.3-5, bit 7", MQTT_5, "82 07 0001 00 \"a\" 80", MALFORMED_PACKET),
                row(
                        "MQTT-3.8.3-4, no local on a share",
                        MQTT_5,
                        "82 10 0001 00 \"$share/g/a\" 04",
                        PROTOCOL_ERROR),
                row("MQTT-4.7.3-1, empty", MQTT_5, "82 06 0001 00 \"\" 00", MALFORMED_PACKET),
                row("MQTT-4.7.1-1, a#", MQTT_5, "82 08 0001 00 \"a#\" 00", MALFORMED_PACKET),
                row("MQTT-4.7.1-1, #/a", MQTT_5, "82 09 0001 00 \"#/a\" 00", MALFORMED_PACKET),
                row("MQTT-4.7.1-2, a+", MQTT_3_1_1, "A2 06 0001 \"a+\"", MALFORMED_PACKET),
                row(
                        "MQTT-4.8.2-1, no share name",
                        MQTT_5,
                        "82 0F 0001 00 \"$share//a\" 00",
                        MALFORMED_PACKET),
                row(
                        "MQTT-4.8.2-2, no filter",
                        MQTT_5,
                        "82 0E 0001 00 \"$share/g\" 00",
                        MALFORMED_PACKET),
                row(
                        "limit: levels of a filter",
                        MQTT_3_1_1,
                        "82 CD01 0001 \"" + "/".repeat(200) + "\" 00",
                        TOPIC_FILTER_INVALID),
                row(
                        "limit: filters of a packet",
                        MQTT_3_1_1,
                        "A2 B5EA01 0001" + " \"a\"".repeat(10_001),
                        QUOTA_EXCEEDED),
                row(
                        "limit: levels of all filters of a packet",
                        MQTT_3_1_1,
                        "A2 AD9206 0001" + (" \"" + "a/".repeat(199) + "a\"").repeat(251),
                        QUOTA_EXCEEDED),
                row("3.9.3, SUBACK of none", MQTT_5, "90 03 0001 00", PROTOCOL_ERROR),
                row("MQTT-3.9.3-2, 3", MQTT_3_1_1, "90 03 0001 03", PROTOCOL_ERROR),
                row("3.11.3, UNSUBACK of none", MQTT_5, "B0 03 0001 00", PROTOCOL_ERROR),
                row("3.1.1: 3.11, a code", MQTT_3_1_1, "B0 03 0001 00", MALFORMED_PACKET));
    }

    private static List<Row> properties() {
        return List.of(
                row("2.2.2.2, unknown", MQTT_5, "30 06 \"t\" 02 7F00", MALFORMED_PACKET),
                row("2.2.2.2, 0", MQTT_5, "30 06 \"t\" 02 0000", MALFORMED_PACKET),
                row("2.2.2.2, not in PUBLISH", MQTT_5, "30 07 \"t\" 03 21 0001", MALFORMED_PACKET),
                row(
                        "2.2.2.2, not in a will",
                        MQTT_5,
                        "10 17 \"MQTT\" 05 04 0000 00 \"\" 03 23 0001 \"w\" \"p\"",
                        MALFORMED_PACKET),
                row(
                        "2.2.2.2, will delay in CONNECT",
                        MQTT_5,
                        "10 12 \"MQTT\" 05 00 0000 05 18 00000001 \"\"",
                        MALFORMED_PACKET),
                row("2.2.2.1, too long", MQTT_5, "30 05 \"t\" 02 01", MALFORMED_PACKET),
                row("2.2.2.1, padded", MQTT_5, "30 05 \"t\" 8000", MALFORMED_PACKET),
                row(
                        "2.2.2.1, a value across the end",
                        MQTT_5,
                        "30 07 \"t\" 02 23 0001",
                        MALFORMED_PACKET),
                row("3.3.2.3.2, twice", MQTT_5, "30 08 \"t\" 04 01 00 01 00", PROTOCOL_ERROR),
                row("3.3.2.3.2, 2", MQTT_5, "30 06 \"t\" 02 01 02", PROTOCOL_ERROR),
                row("3.3.2.3.8, id 0", MQTT_5, "30 06 \"t\" 02 0B 00", PROTOCOL_ERROR),
                row(
                        "3.8.2.1.2, two ids",
                        MQTT_5,
                        "82 0B 0001 04 0B 01 0B 02 \"a\" 00",
                        PROTOCOL_ERROR),
                row(
                        "3.1.2.11.3, receive maximum 0",
                        MQTT_5,
                        "10 10 \"MQTT\" 05 00 0000 03 21 0000 \"\"",
                        PROTOCOL_ERROR),
                row(
                        "3.1.2.11.4, maximum packet size 0",
                        MQTT_5,
                        "10 12 \"MQTT\" 05 00 0000 05 27 00000000 \"\"",
                        PROTOCOL_ERROR),
                row(
                        "3.1.2.11.7, problem information 2",
                        MQTT_5,
                        "10 0F \"MQTT\" 05 00 0000 02 17 02 \"\"",
                        PROTOCOL_ERROR),
                row(
                        "3.1.2.11.10, data without method",
                        MQTT_5,
                        "10 10 \"MQTT\" 05 00 0000 03 16 0000 \"\"",
                        PROTOCOL_ERROR),
                row("3.15.2.2.2, AUTH without method", MQTT_5, "F0 02 19 00", PROTOCOL_ERROR),
                row("3.15.2.2.1, no length", MQTT_5, "F0 01 00", MALFORMED_PACKET),
                row("3.2.2.3.4, maximum QoS 2", MQTT_5, "20 05 00 00 02 24 02", PROTOCOL_ERROR),
                row(
                        "limit: properties of a packet",
                        MQTT_5,
                        "40 9227 0001 00 8D27" + " 26 0000 0000".repeat(1001),
                        QUOTA_EXCEEDED));
    }

    private static List<Row> codes() {
        return List.of(
                row("3.4.2.1, 0x92", MQTT_5, "40 03 0001 92", PROTOCOL_ERROR),
                row("3.5.2.1, 0x01", MQTT_5, "50 03 0001 01", PROTOCOL_ERROR),
                row("3.6.2.1, 0x80", MQTT_5, "62 03 0001 80", PROTOCOL_ERROR),
                row("3.7.2.1, 0x10", MQTT_5, "70 03 0001 10", PROTOCOL_ERROR),
                row("3.9.3, 0x03", MQTT_5, "90 04 0001 00 03", PROTOCOL_ERROR),
                row("3.11.3, 0x01", MQTT_5, "B0 04 0001 00 01", PROTOCOL_ERROR),
                row("3.14.2.1, 0x01", MQTT_5, "E0 01 01", PROTOCOL_ERROR),
                row("3.15.2.1, 0x80", MQTT_5, "F0 02 80 00", PROTOCOL_ERROR),
                row("3.2.2.2, 0x8E", MQTT_5, "20 03 00 8E 00", PROTOCOL_ERROR),
                row("2.4, unknown", MQTT_5, "40 03 0001 FF", PROTOCOL_ERROR));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isRefused(Row row) {
        ByteBuf in = Unpooled.wrappedBuffer(Wire.bytes(row.wire()));
        MalformedPacketException refusal =
                catchThrowableOfType(
                        MalformedPacketException.class,
                        () -> Wire.decoder(row.version()).decode(in));
        assertThat(refusal).isNotNull();
        assertThat(refusal.reasonCode()).as(refusal.getMessage()).isEqualTo(row.reasonCode());
        assertThat(refusal).hasMessageContaining("expected").hasNoCause();
        assertThat(refusal.getStackTrace()).isEmpty();
    }

    /// The lengths of the table are right: nothing in it is refused for being longer or shorter
    /// than it says, where that is not what the row is about.
    @ParameterizedTest
    @MethodSource("rows")
    void isCompleteWhereItIsRefusedForItsFields(Row row) {
        byte[] bytes = Wire.bytes(row.wire());
        if (row.reasonCode() == MALFORMED_PACKET || row.reasonCode() == PACKET_TOO_LARGE) {
            return;
        }
        int length = 0;
        int at = 1;
        for (int shift = 0; ; shift += 7) {
            length |= (bytes[at] & 0x7F) << shift;
            if (bytes[at++] >= 0) {
                break;
            }
        }
        assertThat(bytes.length - at).isEqualTo(length);
    }

    @ParameterizedTest
    @CsvSource({
        "6, MQTT_5",
        "5, MQTT_5",
        "133, MQTT_5",
        "132, MQTT_3_1_1",
        "2, MQTT_3_1_1",
        "0, MQTT_3_1_1"
    })
    void refusesAnUnknownVersionInTheFormNearestToIt(int level, ProtocolVersion form) {
        PacketDecoder decoder = Wire.decoder(null);
        ByteBuf in = Unpooled.wrappedBuffer(Wire.bytes("10 0C \"MQTX\" 04 00 0000 \"\""));
        in.setByte(8, level);
        assertThat(catchThrowableOfType(MalformedPacketException.class, () -> decoder.decode(in)))
                .extracting(MalformedPacketException::reasonCode)
                .isEqualTo(UNSUPPORTED_PROTOCOL_VERSION);
        assertThat(decoder.version()).isEqualTo(form);
    }

    @Test
    void theFirstPacketIsConnect() { // [MQTT-3.1.0-1]
        ByteBuf in = Unpooled.wrappedBuffer(Wire.bytes("C0 00"));
        MalformedPacketException refusal =
                catchThrowableOfType(
                        MalformedPacketException.class, () -> Wire.decoder(null).decode(in));
        assertThat(refusal.reasonCode()).isEqualTo(PROTOCOL_ERROR);
        assertThat(refusal).hasMessage("packet type: PINGREQ (expected: CONNECT)");
    }

    @Test
    void theMessageIsOneLineOfPrintableText() {
        byte[] wire = Wire.bytes("82 10 0001 00 \"a\r\n\u202Eb\u2028#\" 00");
        MalformedPacketException refusal =
                catchThrowableOfType(
                        MalformedPacketException.class, () -> Wire.decodeAll(MQTT_5, wire));
        assertThat(refusal)
                .hasMessage("topic filter: 'a???b?#' (expected: '#' alone in the last level)");
    }

    @Test
    void theLargestPacketCountsItsFixedHeader() throws Exception {
        PacketDecoder decoder = new PacketDecoder(7);
        decoder.version(MQTT_3_1_1);
        byte[] seven = Wire.bytes("30 05 \"t\" 0000");
        assertThat(decoder.decode(Unpooled.wrappedBuffer(seven))).isNotNull();
        byte[] eight = Wire.bytes("30 06");
        assertThat(
                        catchThrowableOfType(
                                MalformedPacketException.class,
                                () -> decoder.decode(Unpooled.wrappedBuffer(eight))))
                .hasMessage("packet: 8 bytes (expected: at most 7)");
    }
}
