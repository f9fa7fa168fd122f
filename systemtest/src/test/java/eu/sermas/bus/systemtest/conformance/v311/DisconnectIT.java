package eu.sermas.bus.systemtest.conformance.v311;

import eu.sermas.bus.systemtest.conformance.Mqtt311;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Packet.PingResp;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.Type;
import eu.sermas.bus.systemtest.raw.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sections 3.12 to 3.14 and 4.8: PINGREQ, DISCONNECT and errors.
class DisconnectIT extends Section {

    @Test
    @Mqtt311("MQTT-3.12.4-1")
    void everyPingIsAnswered() {
        var client = connectV311();

        client.send("c000c000c000");

        client.expect(PingResp.class);
        client.expect(PingResp.class);
        client.expect(PingResp.class);
        client.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    @Mqtt311("MQTT-3.14.1-1")
    void reservedBitsCloseTheConnection(int flags) {
        connectV311().send(new byte[] {(byte) Type.DISCONNECT.firstByte(flags), 0}).expectEnd();
    }

    @Test
    @Mqtt311("MQTT-3.14.4-2")
    void behindDisconnectNothingIsProcessed() {
        var topic = topic();
        var watcher = connectV311();
        watcher.subscribe(topic, 1);
        var client = connectV311();

        var late = Publish.to(topic, "late").retained().bytes(Version.V311);
        client.send(Bytes.bytes().raw(Bytes.hex("e000")).raw(late).raw(Bytes.hex("c000")).toArray())
                .expectEnd();

        connectV311().publish(Publish.to(topic, "marker").qos(1));
        watcher.expectPublish("marker");
        var later = connectV311();
        later.subscribe(topic, 0);
        later.expectNothing();
    }

    @ParameterizedTest
    @CsvSource({
        "20020000, CONNACK from a client",
        "9003000100, SUBACK from a client",
        "b0020001, UNSUBACK from a client",
        "d000, PINGRESP from a client",
        "0000, the reserved packet type 0",
        "f000, the reserved packet type 15",
        "c001 00, PINGREQ with a body",
        "e001 00, DISCONNECT with a body",
        "4001 00, PUBACK with half an identifier",
        "4003 0001 00, PUBACK with a surplus byte",
        "6202 0000, PUBREL of identifier 0",
        "3603 0001 78, QoS 3",
        "3003 0004 78, a topic longer than its packet",
        "c0ffffffff01, a remaining length of five bytes"
    })
    @Mqtt311("MQTT-4.8.0-1")
    void aProtocolViolationClosesTheConnection(String packet, String what) {
        var topic = topic();
        var healthy = connectV311();
        healthy.subscribe(topic, 1);

        connectV311().send(packet).expectEnd();

        healthy.send(Publish.to(topic, what));
        healthy.expectPublish(what);
    }
}
