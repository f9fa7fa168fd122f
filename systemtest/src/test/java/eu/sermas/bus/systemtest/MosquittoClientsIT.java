package eu.sermas.bus.systemtest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `mosquitto_pub` and `mosquitto_sub`, which every operator has at hand.
@ExtendWith(SharedBus.class)
class MosquittoClientsIT {

    private final BusProcess bus;
    private final Tenant tenant;

    MosquittoClientsIT(BusProcess bus, Rest admin) {
        this.bus = bus;
        this.tenant = Tenant.create(bus, admin, "mosquitto").client("kiosk", "ui");
    }

    @ParameterizedTest
    @CsvSource({
        "mqttv31, 0", "mqttv31, 1", "mqttv31, 2",
        "mqttv311, 0", "mqttv311, 1", "mqttv311, 2",
        "mqttv5, 0", "mqttv5, 1", "mqttv5, 2"
    })
    void whatOneSendsTheOtherShows(String version, int qos) throws Exception {
        var topic = tenant.topic("ui/content");
        var sub = command("mosquitto_sub", version, topic, qos);
        sub.addAll(List.of("-C", "1", "-F", "%t %q %p", "-d"));
        sub.addAll(0, List.of("stdbuf", "-oL"));
        var subscriber = Launcher.start(Map.of(), sub);
        try (var lines = subscriber.inputReader(UTF_8)) {
            skipTo(lines, "Subscribed");
            var pub = command("mosquitto_pub", version, topic, qos);
            pub.addAll(List.of("-m", "hello"));

            Launcher.exec(Map.of(), pub).expect(0);

            assertThat(lines.lines().toList()).contains(topic + " " + qos + " hello");
            assertThat(subscriber.waitFor(10, SECONDS)).isTrue();
        } finally {
            subscriber.destroy();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqttv31", "mqttv311", "mqttv5"})
    void aRefusalIsShown(String version) {
        var refused = command("mosquitto_sub", version, "app/another/ui/content", 1);

        assertThat(Launcher.exec(Map.of(), refused).output())
                .contains("All subscription requests were denied");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqttv31", "mqttv311", "mqttv5"})
    void aWrongTokenIsShown(String version) {
        var topic = tenant.topic("ui/content");
        var refused = command("mosquitto_pub", version, topic, 1);
        refused.set(refused.indexOf("-u") + 1, "abc");
        refused.addAll(List.of("-m", "hello"));

        assertThat(Launcher.exec(Map.of(), refused).output()).containsIgnoringCase("not authori");
    }

    private List<String> command(String program, String version, String topic, int qos) {
        return new ArrayList<>(
                List.of(
                        program,
                        "-h",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(bus.port()),
                        "-V",
                        version,
                        "-i",
                        "it-" + program.substring(10) + version + qos,
                        "-u",
                        tenant.token("kiosk"),
                        "-P",
                        "sermas",
                        "-t",
                        topic,
                        "-q",
                        Integer.toString(qos)));
    }

    private static void skipTo(BufferedReader lines, String text) throws IOException {
        for (var line = lines.readLine(); !line.contains(text); ) {
            line = lines.readLine();
            assertThat(line).as("a line with " + text).isNotNull();
        }
    }
}
