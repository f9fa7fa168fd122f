package eu.sermas.bus.systemtest.conformance.v5;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Packet.PingResp;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.Type;
import org.junit.jupiter.api.Test;

/// Section 3.12: PINGREQ.
class PingIT extends Section {

    @Test
    @Mqtt5("MQTT-3.12.4-1")
    void everyPingReqIsAnswered() {
        var client = connectV5();

        client.send("c000").expect(PingResp.class);
        client.send("c000c000c000");
        for (int i = 0; i < 3; i++) {
            client.expect(PingResp.class);
        }
        client.send(Publish.to(topic(), "x").qos(1, 1)).expectAck(Type.PUBACK, 1);
    }
}
