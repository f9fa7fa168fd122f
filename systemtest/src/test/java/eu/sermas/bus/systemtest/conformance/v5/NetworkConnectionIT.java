package eu.sermas.bus.systemtest.conformance.v5;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.Version;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 4.2: network connections.
class NetworkConnectionIT extends Section {

    private static final int MESSAGES = 300;

    /// TCP gives and takes bytes in any portions; what counts is their order, in both directions.
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000, 100_000})
    @Mqtt5("MQTT-4.2.0-1")
    void everyByteArrivesInOrderHoweverItIsPortioned(int portion) {
        var topic = topic();
        var client = connectV5();
        client.subscribe(topic, 0);
        var random = new Random(42);
        var payloads = new byte[portion == 1 ? 10 : MESSAGES][];
        var stream = Bytes.bytes();
        for (int i = 0; i < payloads.length; i++) {
            payloads[i] = new byte[random.nextInt(portion == 1 ? 20 : 2000)];
            random.nextBytes(payloads[i]);
            stream.raw(Publish.to(topic, payloads[i]).bytes(Version.V5));
        }

        var bytes = stream.toArray();
        for (int from = 0; from < bytes.length; from += portion) {
            client.send(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + portion)));
        }

        for (int i = 0; i < payloads.length; i++) {
            assertThat(client.expectPublish().payload()).as("%d", i).isEqualTo(payloads[i]);
        }
        client.expectNothing();
    }
}
