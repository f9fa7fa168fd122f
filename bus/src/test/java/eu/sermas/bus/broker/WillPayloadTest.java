package eu.sermas.bus.broker;

import static eu.sermas.bus.broker.BrokerFixture.connectPacket;
import static eu.sermas.bus.broker.BrokerFixture.login;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.Denial;
import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.access.PayloadCheck;
import eu.sermas.bus.access.PayloadChecks;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The payload of a will is held against the catalogue as that of any other message.
class WillPayloadTest {

    private static final String REJECTED = "app/a/xr/occlusion";
    private static final String OBSERVED = "app/a/ui/content";
    private static final String BAD = "{\"appId\":7}";
    private static final String GOOD = "{\"appId\":\"a\",\"occlusion\":true}";

    private final BrokerFixture bus = new BrokerFixture(1);
    private final List<Denial> told = new ArrayList<>();

    @BeforeEach
    void check() {
        bus.broker.checkPayloads(
                PayloadChecks.of(
                        List.of(
                                new PayloadChecks.Choice(
                                        TopicFilter.of("app/+/ui/#"), PayloadCheck.Mode.OBSERVE),
                                new PayloadChecks.Choice(
                                        TopicFilter.of("#"), PayloadCheck.Mode.REJECT)),
                        LiveCatalogue.standard()));
        bus.broker.reportDenials(told::add);
    }

    private static Connect connect(ProtocolVersion version, String topic, String payload) {
        return connectPacket(version, "c", true, 0, BrokerFixture.will(topic, payload, 0));
    }

    private @Nullable Violation refusal(ProtocolVersion version, String topic, String payload) {
        return bus.refusal(
                connect(version, topic, payload), login("p", BrokerFixture.RIGHTS, Long.MAX_VALUE));
    }

    /// @return what is heard when the client is gone
    private List<String> lastWords(ProtocolVersion version, String topic, String payload) {
        Peer watcher = bus.connect("w").subscribe("#", QoS.AT_MOST_ONCE);
        bus.connect(
                        connect(version, topic, payload),
                        login("p", BrokerFixture.RIGHTS, Long.MAX_VALUE))
                .drop();
        bus.loops.settle();
        return watcher.connection.payloads();
    }

    @Test
    void aClientOfMqtt5IsRefusedWithIt() {
        Violation refusal = Objects.requireNonNull(refusal(ProtocolVersion.MQTT_5, REJECTED, BAD));
        assertThat(refusal.reasonCode()).isEqualTo(ReasonCode.PAYLOAD_FORMAT_INVALID);
        assertThat(refusal.reasonString()).startsWith("payload at '");
        assertThat(told).singleElement().returns(Rule.PAYLOAD, Denial::rule);

        assertThat(refusal(ProtocolVersion.MQTT_5, REJECTED, GOOD)).isNull();
        assertThat(refusal(ProtocolVersion.MQTT_5, OBSERVED, BAD)).isNull();
        assertThat(refusal(ProtocolVersion.MQTT_5, "denied/x", BAD)).isNull();
        assertThat(told).hasSize(1);
    }

    @Test
    void thatOfMqtt3IsNotPublished() {
        assertThat(refusal(ProtocolVersion.MQTT_3_1_1, REJECTED, BAD)).isNull();
        assertThat(lastWords(ProtocolVersion.MQTT_3_1_1, REJECTED, BAD)).isEmpty();
        assertThat(told)
                .singleElement()
                .returns(Denial.Action.PUBLISH, Denial::action)
                .returns(Rule.PAYLOAD, Denial::rule);
        assertThat(lastWords(ProtocolVersion.MQTT_3_1_1, REJECTED, GOOD)).containsExactly(GOOD);
    }

    @Test
    void whatIsObservedIsToldAndPublished() {
        assertThat(lastWords(ProtocolVersion.MQTT_5, OBSERVED, BAD)).containsExactly(BAD);
        assertThat(told).singleElement().returns(Denial.Action.OBSERVE, Denial::action);
    }
}
