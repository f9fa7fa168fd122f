package eu.sermas.bus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.PingReq;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MqttClientTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /// Who only receives sends nothing by itself, and is taken for gone after the keep-alive.
    @Test
    void messagesAtQos0DoNotKeepItFromPinging() throws Exception {
        FakeBroker.Script script =
                client -> {
                    client.expect(Connect.class);
                    client.send(
                            new ConnAck(
                                    false,
                                    ReasonCode.SUCCESS,
                                    Properties.builder()
                                            .add(Property.SERVER_KEEP_ALIVE, 1)
                                            .build()));
                    while (!client.hasSent(PingReq.class)) {
                        client.publish("x", QoS.AT_MOST_ONCE, 0);
                    }
                    client.publish("pinged", QoS.AT_MOST_ONCE, 0);
                    client.expect(Disconnect.class);
                };
        try (FakeBroker broker = new FakeBroker(script);
                MqttClient client = connect(broker, null)) {
            String last = "x";
            long begin = System.nanoTime();
            while (last.equals("x") && System.nanoTime() - begin < PATIENCE.toNanos()) {
                last = text(client);
            }
            assertThat(last).isEqualTo("pinged");
        }
    }

    @Test
    void aBrokerThatAnswersNoPingIsGone() throws Exception {
        FakeBroker.Script script =
                client -> {
                    client.accept(false);
                    client.expect(PingReq.class);
                    while (true) {
                        client.next();
                    }
                };
        Properties none = Properties.NONE;
        Login login = new Login("", true, 1, null, null, none, none);
        try (FakeBroker broker = new FakeBroker(script)) {
            Endpoint endpoint = Endpoint.tcp("127.0.0.1", broker.port(), Duration.ofSeconds(1));
            MqttClient client = MqttClient.connect(endpoint, login);
            assertThatThrownBy(() -> client.receive(PATIENCE))
                    .isInstanceOf(SocketTimeoutException.class);
            client.abandon();
        }
    }

    /// [MQTT-4.3.3-10]
    @Test
    void whatIsSentAgainOnTheNextConnectionIsShownOnce() throws Exception {
        FakeBroker.Script first =
                client -> {
                    client.accept(false);
                    client.publish("one", QoS.EXACTLY_ONCE, 1);
                    client.publish("two", QoS.EXACTLY_ONCE, 2);
                    client.expect(PubRec.class);
                    client.expect(PubRec.class);
                    client.send(new PubRel(2, ReasonCode.SUCCESS, Properties.NONE));
                    client.expect(PubComp.class);
                };
        FakeBroker.Script second =
                client -> {
                    client.accept(true);
                    client.publish("one", QoS.EXACTLY_ONCE, 1);
                    client.publish("three", QoS.EXACTLY_ONCE, 2);
                    client.expect(PubRec.class);
                    client.expect(PubRec.class);
                    client.expect(Disconnect.class);
                };
        try (FakeBroker broker = new FakeBroker(first, second)) {
            MqttClient before = connect(broker, null);
            assertThat(text(before)).isEqualTo("one");
            assertThat(text(before)).isEqualTo("two");
            assertThatThrownBy(() -> before.receive(PATIENCE)).isInstanceOf(IOException.class);

            try (MqttClient after = connect(broker, before)) {
                assertThat(after.isSessionPresent()).isTrue();
                assertThat(text(after)).isEqualTo("three");
            }
            broker.expectPlayed();
        }
    }

    @Test
    void aTopicAliasIsReplacedByItsTopic() throws Exception {
        Properties alias = Properties.builder().add(Property.TOPIC_ALIAS, 5).build();
        FakeBroker.Script script =
                client -> {
                    client.accept(false);
                    for (Topic topic : new Topic[] {Topic.of("a/b"), null}) {
                        client.send(
                                new Publish(
                                        topic,
                                        new byte[0],
                                        QoS.AT_MOST_ONCE,
                                        false,
                                        false,
                                        0,
                                        alias));
                    }
                    client.expect(Disconnect.class);
                };
        try (FakeBroker broker = new FakeBroker(script);
                MqttClient client = connect(broker, null)) {
            for (int i = 0; i < 2; i++) {
                assertThat(Objects.requireNonNull(client.receive(PATIENCE)).topic())
                        .hasToString("a/b");
            }
        }
    }

    private static MqttClient connect(FakeBroker broker, @Nullable MqttClient before)
            throws Exception {
        Endpoint endpoint = Endpoint.tcp("127.0.0.1", broker.port(), PATIENCE);
        return MqttClient.connect(endpoint, Login.of(null), _ -> {}, before);
    }

    private static String text(MqttClient client) throws Exception {
        Publish message = Objects.requireNonNull(client.receive(PATIENCE), "a message");
        return new String(message.payload(), StandardCharsets.UTF_8);
    }
}
