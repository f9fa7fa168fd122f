package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Bytes.bytes;
import static eu.sermas.bus.systemtest.raw.Property.AUTHENTICATION_METHOD;
import static eu.sermas.bus.systemtest.raw.Property.MAXIMUM_PACKET_SIZE;
import static eu.sermas.bus.systemtest.raw.Property.REASON_STRING;
import static eu.sermas.bus.systemtest.raw.Property.SESSION_EXPIRY_INTERVAL;
import static eu.sermas.bus.systemtest.raw.Property.TOPIC_ALIAS;
import static eu.sermas.bus.systemtest.raw.Property.USER_PROPERTY;
import static eu.sermas.bus.systemtest.raw.Reasons.BAD_AUTHENTICATION_METHOD;
import static eu.sermas.bus.systemtest.raw.Reasons.MALFORMED;
import static eu.sermas.bus.systemtest.raw.Reasons.PACKET_TOO_LARGE;
import static eu.sermas.bus.systemtest.raw.Reasons.PROTOCOL_ERROR;
import static eu.sermas.bus.systemtest.raw.Reasons.SESSION_TAKEN_OVER;
import static eu.sermas.bus.systemtest.raw.Reasons.TOPIC_ALIAS_INVALID;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.Disconnect;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Reasons;
import eu.sermas.bus.systemtest.raw.Subscribe;
import eu.sermas.bus.systemtest.raw.Type;
import eu.sermas.bus.systemtest.raw.Version;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 3.14: DISCONNECT.
class DisconnectIT extends Section {

    /// A second CONNECT, which the bus answers with DISCONNECT and a reason in words.
    private static final byte[] FORBIDDEN = Connect.v5("x").bytes();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c000", // PINGREQ
                "e000", // DISCONNECT
                "f000", // AUTH
                "30050001780000", // PUBLISH
                "0000", // no packet type
                "10ffffffffff", // a remaining length of five bytes
                "110d00044d5154540502003c000000", // wrong flags
                "100d00044d5154540503003c000000", // CONNECT with the reserved flag
                "101000044d5154540502003c032100000000", // CONNECT with a Receive Maximum of 0
                "100e00044d5154540502003c017f0000" // CONNECT with an unknown property
            })
    @Mqtt5("MQTT-3.14.0-1")
    void beforeConnAckThereIsNoDisconnect(String packet) {
        var answer = open().send(packet + "c000").expectClosed();

        assertThat(answer instanceof Disconnect).as("%s", answer).isFalse();
    }

    @Test
    @Mqtt5("MQTT-3.14.0-1")
    void aRefusalIsNoDisconnect() {
        var unknownMethod = Connect.v5(name("c")).with(AUTHENTICATION_METHOD, "unknown");

        open().send(unknownMethod).expectRefused(BAD_AUTHENTICATION_METHOD);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    @Mqtt5("MQTT-3.14.1-1")
    void reservedFlagsAreMalformed(int flags) {
        connectV5()
                .send(Bytes.packet(Type.DISCONNECT.firstByte(flags), bytes()))
                .expectDisconnect(MALFORMED);
    }

    @Test
    @Mqtt5("MQTT-3.14.2-1")
    void reasonCodesThatAreNotListedAreRefused() {
        for (int reason : Reasons.notListed(Type.DISCONNECT)) {
            connectV5()
                    .send(Bytes.packet(Type.DISCONNECT, bytes().u8(reason)))
                    .expectDisconnect(MALFORMED, PROTOCOL_ERROR);
        }
    }

    /// The reader of these tests fails on a reason code that is not listed.
    @Test
    @Mqtt5({"MQTT-3.14.2-1", "MQTT-3.14.2-2"})
    void theBusSaysWhyAndLeavesTheSessionExpiryAlone() {
        var malformed = kept().send("36080001780001007878").expectDisconnect(MALFORMED);
        var error = kept().send(FORBIDDEN).expectDisconnect(PROTOCOL_ERROR);
        var alias =
                kept().send(Publish.to("", "x").with(TOPIC_ALIAS, 1))
                        .expectDisconnect(PROTOCOL_ERROR, TOPIC_ALIAS_INVALID);
        var large = kept().send("30ffffff7f").expectDisconnect(PACKET_TOO_LARGE);
        var id = name("c");
        var first = connect(Connect.v5(id).with(SESSION_EXPIRY_INTERVAL, 60));
        connect(Connect.v5(id).with(SESSION_EXPIRY_INTERVAL, 30));
        var takenOver = first.expectDisconnect(SESSION_TAKEN_OVER);

        assertThat(List.of(malformed, error, alias, large, takenOver))
                .noneMatch(packet -> packet.properties().has(SESSION_EXPIRY_INTERVAL));
    }

    private RawClient kept() {
        return connect(Connect.v5(name("c")).with(SESSION_EXPIRY_INTERVAL, 60));
    }

    @Test
    @Mqtt5({"MQTT-3.14.2-3", "MQTT-3.14.2-4"})
    void disconnectIsNoLargerThanTheClientAccepts() {
        var full = connectV5().send(FORBIDDEN).expectDisconnect(PROTOCOL_ERROR);
        int size = 2 + 1 + full.properties().encoded().toArray().length;

        assertThat(full.properties().text(REASON_STRING)).isNotEmpty();
        assertThat(refused(size).properties().has(REASON_STRING)).isTrue();
        var bare = refused(size - 1);
        assertThat(bare.properties().has(REASON_STRING)).isFalse();
        assertThat(bare.properties().has(USER_PROPERTY)).isFalse();
    }

    private Disconnect refused(int maximumPacketSize) {
        return connect(Connect.v5(name("c")).with(MAXIMUM_PACKET_SIZE, maximumPacketSize))
                .send(FORBIDDEN)
                .expectDisconnect(PROTOCOL_ERROR);
    }

    @Test
    @Mqtt5({"MQTT-3.14.4-1", "MQTT-3.14.4-2"})
    void theBusSendsNothingBehindItsDisconnectAndCloses() {
        var topic = topic();
        var client = connectV5();
        client.subscribe(topic, 1);
        var packets =
                bytes().raw(FORBIDDEN)
                        .raw(Bytes.hex("c000"))
                        .raw(Publish.to(topic, "x").qos(1, 1).bytes(Version.V5))
                        .raw(Subscribe.subscribe(2).filter(topic).bytes(Version.V5));

        client.send(packets.toArray()).expectDisconnect(PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"e000", "e00100", "e0020000", "e00104"})
    @Mqtt5({"MQTT-3.14.4-1", "MQTT-3.14.4-2"})
    void whatComesBehindTheDisconnectOfAClientIsNotLookedAt(String disconnect) {
        var topic = topic();
        var observer = connectV5();
        observer.subscribe(topic, 1);
        var client = connectV5();
        var packets =
                bytes().raw(Bytes.hex(disconnect))
                        .raw(Publish.to(topic, "x").qos(1, 1).retained().bytes(Version.V5))
                        .raw(Bytes.hex("c000"))
                        .raw(FORBIDDEN);

        assertThat(client.send(packets.toArray()).expectClosed()).isNull();

        observer.expectNothing();
        observer.subscribe(topic, 1);
        observer.expectNothing();
    }

    @ParameterizedTest
    @CsvSource({
        "e000, false",
        "e00100, false",
        "e0020000, false",
        "e00104, true",
        "e0020400, true",
        "e00180, true"
    })
    @Mqtt5("MQTT-3.14.4-3")
    void aNormalDisconnectDiscardsTheWill(String disconnect, boolean published) {
        var topic = topic();
        var observer = connectV5();
        observer.subscribe(topic, 1);
        var will = Publish.to(topic, "will").qos(1).retained();
        var client = connect(Connect.v5(name("c")).will(will));

        assertThat(client.send(disconnect).expectClosed()).isNull();

        if (published) {
            observer.expectPublish("will");
        }
        connectV5().publish(Publish.to(topic, "later").qos(1));
        observer.expectPublish("later");
        observer.subscribe(topic, 0);
        if (published) {
            observer.expectPublish("will");
        }
        observer.expectNothing();
    }
}
