package eu.sermas.bus.systemtest.conformance.v311;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt311;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sections 3.1.2.5 to 3.1.2.7 and 3.14.4: wills.
class WillIT extends Section {

    private static final String DISCONNECT = "e000";

    private final String topic = topic();
    private final String name = name("c");
    private final Publish will = Publish.to(topic, "will");

    @Test
    @Mqtt311("MQTT-3.1.2-8")
    void theWillIsPublishedWhenTheConnectionIsLost() {
        var watcher = watcher();
        connect(Connect.v311(name).will(will)).drop();

        watcher.expectPublish("will");
    }

    @Test
    @Mqtt311("MQTT-3.1.2-8")
    void theWillIsPublishedWhenTheClientFallsSilent() {
        var watcher = watcher();
        connect(Connect.v311(name).will(will).keepAlive(1));

        watcher.expectPublish("will");
    }

    @ParameterizedTest
    @CsvSource({
        "e100, DISCONNECT with a reserved bit",
        "0000, a reserved packet",
        "3603000178, QoS 3",
        "10100004 4d515454 04 02 003c 000478787878, a second CONNECT",
        "c080808080, a remaining length of five bytes"
    })
    @Mqtt311("MQTT-3.1.2-8")
    void theWillIsPublishedWhenTheBusClosesTheConnection(String packet, String what) {
        var watcher = watcher();
        connect(Connect.v311(name).will(will)).send(packet).expectEnd();

        assertThat(watcher.expectPublish().text()).as(what).isEqualTo("will");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Mqtt311("MQTT-3.1.2-8")
    void theWillIsPublishedWhenAnotherConnectionTakesOver(boolean clean) {
        var watcher = watcher();
        var client = connect(named(clean).will(will));

        connect(named(clean)).expectNothing();

        client.expectEnd();
        watcher.expectPublish("will");
    }

    @Test
    @Mqtt311("MQTT-3.1.2-8")
    void theWillIsNotPublishedBefore() {
        var watcher = watcher();
        var client = connect(Connect.v311(name).will(will));

        client.publish(Publish.to(topic, "alive").qos(1));

        watcher.expectPublish("alive");
        watcher.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Mqtt311({"MQTT-3.1.2-10", "MQTT-3.14.4-3"})
    void disconnectRemovesTheWill(boolean clean) {
        var watcher = watcher();
        connect(named(clean).will(will)).disconnect();

        assertNoWill(watcher, clean);
    }

    @Test
    @Mqtt311({"MQTT-3.1.2-10", "MQTT-3.14.4-3"})
    void disconnectRemovesTheWillWhereTheClientClosesAtOnce() {
        var watcher = watcher();
        connect(Connect.v311(name).will(will)).send(DISCONNECT).drop();

        assertNoWill(watcher, true);
    }

    @Test
    @Mqtt311({"MQTT-3.1.2-10", "MQTT-3.1.2-12"})
    void theWillIsPublishedOnce() {
        var watcher = watcher();
        connect(named(false).will(will)).drop();
        watcher.expectPublish("will");

        connect(named(false)).drop();

        assertNoWill(watcher, false);
    }

    /// The session remembers nothing of the will that an earlier connection had.
    @Test
    @Mqtt311("MQTT-3.1.2-12")
    void withoutTheWillFlagNothingIsPublished() {
        var watcher = watcher();
        connect(named(false).will(will)).disconnect();

        connect(named(false)).drop();

        assertNoWill(watcher, false);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Mqtt311({"MQTT-3.1.2-8", "MQTT-3.1.2-16"})
    void theWillHasItsQosAndIsNotRetained(int qos) {
        var watcher = watcher();
        connect(Connect.v311(name).will(will.qos(qos))).drop();

        assertThat(watcher.expectPublish("will"))
                .returns(qos, Publish::qos)
                .returns(false, Publish::retain);
        var later = watcher();
        later.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Mqtt311("MQTT-3.1.2-17")
    void theWillIsRetainedIfItSaysSo(int qos) {
        var watcher = watcher();
        connect(Connect.v311(name).will(will.qos(qos).retained())).drop();
        watcher.expectPublish("will");

        assertThat(watcher().expectPublish("will"))
                .returns(qos, Publish::qos)
                .returns(true, Publish::retain);
    }

    private RawClient watcher() {
        var watcher = connectV311();
        watcher.subscribe(topic, 2);
        return watcher;
    }

    private Connect named(boolean clean) {
        return clean ? Connect.v311(name) : Connect.v311(name).unclean();
    }

    /// When the client is back, all is said that its connection before had to say.
    private void assertNoWill(RawClient watcher, boolean clean) {
        connect(named(clean)).publish(Publish.to(topic, "marker").qos(1));
        watcher.expectPublish("marker");
    }
}
