package eu.sermas.bus.systemtest.conformance.v311;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bridges of other brokers, which no specification knows: they set the high bit of the protocol
/// level of MQTT 3, as Mosquitto's do by default.
class BridgeIT extends Section {

    private final String topic = topic();

    private RawClient bridge(int level) {
        var connect =
                level == 0x83
                        ? Connect.v31(name("b")).protocol("MQIsdp", level)
                        : Connect.v311(name("b")).protocol("MQTT", level);
        var bridge = connect(connect);
        bridge.subscribe(topic, 1);
        return bridge;
    }

    @ParameterizedTest
    @ValueSource(ints = {0x83, 0x84})
    void aBridgeGetsNothingBackThatItHasBrought(int level) {
        var bridge = bridge(level);
        var other = connectV311();
        other.subscribe(topic, 0);

        bridge.publish(Publish.to(topic, "brought"));

        other.expectPublish("brought");
        bridge.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x83, 0x84})
    void aBridgeLearnsWhatIsRetained(int level) {
        var bridge = bridge(level);

        connectV311().publish(Publish.to(topic, "kept").retained());
        connectV311().publish(Publish.to(topic, "passing"));

        assertThat(bridge.expectPublish("kept").retain()).isTrue();
        assertThat(bridge.expectPublish("passing").retain()).isFalse();
    }
}
