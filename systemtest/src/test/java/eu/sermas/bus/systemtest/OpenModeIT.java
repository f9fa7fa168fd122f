package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.RawMqtt.Packet;
import eu.sermas.bus.systemtest.client.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `--open`: a plain broker without credentials, for loopback only.
class OpenModeIT {

    @Test
    void onLoopbackEverythingIsAllowed() throws Exception {
        try (var bus = BusProcess.serve().flags("--open").start();
                var client = Mqtt.connect(bus, "anybody")) {
            assertThat(client.subscribe(1, "#")).containsExactly(1);
            client.publish(Message.of("any/topic", "hello", 1));
            assertThat(client.inbox().next()).returns("hello", Message::text);

            try (var anonymous = RawMqtt.open(bus.port())) {
                anonymous.send(
                        new byte[] {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 1, 'a'});
                assertThat(anonymous.receive()).returns(0, Packet::reason);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void beyondLoopbackItIsRefused(String address) {
        try (var bus = BusProcess.serve().option("--bind", address).flags("--open").launch()) {
            assertThat(bus.exitStatus()).isNotZero();
            assertThat(bus.output().text()).contains("open-anywhere");
        }
    }

    @Test
    void beyondLoopbackItCanBeInsistedOn() throws Exception {
        try (var bus =
                        BusProcess.serve()
                                .option("--bind", "0.0.0.0")
                                .flags("--open", "--open-anywhere")
                                .start();
                var client = Mqtt.connect(bus, "anybody")) {
            assertThat(client.subscribe(0, "#")).containsExactly(0);
        }
    }
}
