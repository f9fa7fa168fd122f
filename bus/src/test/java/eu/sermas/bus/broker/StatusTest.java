package eu.sermas.bus.broker;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.packet.QoS;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `$SYS/broker` says, by the names of Mosquitto.
class StatusTest {

    private static final int INTERVAL = 10;

    private final BrokerFixture bus = new BrokerFixture(2, Limits.DEFAULT, 1);
    private BrokerFixture.Peer operator;

    @BeforeEach
    void start() {
        bus.broker.publishStatus("1.2.3", INTERVAL);
        operator = bus.connect("operator");
        operator.subscribe("$SYS/#", QoS.AT_MOST_ONCE);
    }

    private String latest(String name) {
        return operator.connection.deliveries().stream()
                .filter(delivered -> delivered.topic().equals("$SYS/broker/" + name))
                .reduce((_, later) -> later)
                .map(RecordedConnection.Delivered::payload)
                .orElse("absent");
    }

    @ParameterizedTest
    @CsvSource({
        "version, sermas-bus 1.2.3",
        "clients/connected, 1",
        "clients/active, 1",
        "clients/disconnected, 1",
        "clients/inactive, 1",
        "clients/total, 2",
        "clients/maximum, 2",
        "subscriptions/count, 1",
        "publish/messages/dropped, 0",
        "load/publish/received/15min, 0.00"
    })
    void hasTheNamesThatExportersLookFor(String name, String value) {
        BrokerFixture.Peer other = bus.persistent("other");
        bus.loops.advance(INTERVAL * 1000 + 500);
        other.drop();
        bus.loops.advance(INTERVAL * 1000);
        assertThat(latest(name)).isEqualTo(value);
    }

    /// A load comes to what happens in a minute, the faster the shorter its time is, and goes down
    /// in the same way.
    @Test
    void aLoadIsAnAverageInAMinute() {
        BrokerFixture.Peer publisher = bus.connect("publisher");
        for (int second = 0; second < 300; second++) {
            publisher.publish("t", "x", QoS.AT_MOST_ONCE, 0);
            bus.loops.advance(1000);
        }
        double inOne = Double.parseDouble(latest("load/publish/received/1min"));
        double inFive = Double.parseDouble(latest("load/publish/received/5min"));
        double inFifteen = Double.parseDouble(latest("load/publish/received/15min"));
        assertThat(inOne).isBetween(58.0, 60.5);
        assertThat(inFive).isBetween(60 * 0.60, 60 * 0.66);
        assertThat(inFifteen).isBetween(60 * 0.26, 60 * 0.30);
        bus.loops.advance(300_000);
        assertThat(Double.parseDouble(latest("load/publish/received/1min"))).isLessThan(1);
    }
}
