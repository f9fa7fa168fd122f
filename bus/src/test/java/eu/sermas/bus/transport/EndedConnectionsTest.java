package eu.sermas.bus.transport;

import static eu.sermas.bus.transport.TestClient.connect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.ReasonCode;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/// The log says why a connection has ended.
class EndedConnectionsTest {

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(RefusalLog.class);
    private final ListAppender<ILoggingEvent> appender =
            new ListAppender<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    lines.add(event.getLevel() + " " + event.getFormattedMessage());
                }
            };

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        logger.setLevel(ch.qos.logback.classic.Level.INFO);
        appender.start();
        logger.addAppender(appender);
        server = TestServer.start();
    }

    @AfterEach
    void stop() {
        server.close();
        logger.detachAppender(appender);
        logger.setLevel(null);
    }

    private TestClient client(ProtocolVersion version, String id) throws Exception {
        TestClient client = TestClient.open(server, version);
        client.send(connect(version, id));
        client.receive(ConnAck.class);
        return client;
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void whatTheBrokerEndsIsToldWithClientAddressAndReason(ProtocolVersion version)
            throws Exception {
        try (TestClient client = client(version, "robot")) {
            String from = "127.0.0.1:" + client.socket().getLocalPort();
            client.write(new byte[] {(byte) 0xF7, 0}); // AUTH with flags that are reserved
            await().untilAsserted(
                            () ->
                                    assertThat(lines)
                                            .singleElement()
                                            .asString()
                                            .startsWith("INFO disconnected ")
                                            .contains(from + " client 'robot': "));
        }
    }

    @Test
    void aTakeOverIsTold() throws Exception {
        try (TestClient first = client(ProtocolVersion.MQTT_3_1_1, "twin");
                TestClient second = client(ProtocolVersion.MQTT_3_1_1, "twin")) {
            assertThat(first.isEnded()).isTrue();
            assertThat(second.socket().isConnected()).isTrue();
            await().untilAsserted(
                            () ->
                                    assertThat(lines)
                                            .singleElement()
                                            .asString()
                                            .endsWith(
                                                    "client 'twin': another connection uses this"
                                                            + " client id"));
        }
    }

    @Test
    void aConnectionThatIsLostIsToldOnceForMany() throws Exception {
        for (int i = 0; i < 5; i++) {
            TestClient client = client(ProtocolVersion.MQTT_5, "kiosk");
            client.socket().setSoLinger(true, 0); // a reset
            client.socket().close();
        }
        client(ProtocolVersion.MQTT_5, "other").socket().close();
        await().until(() -> lines.stream().anyMatch(line -> line.contains("client 'other'")));
        assertThat(lines)
                .filteredOn(line -> line.contains("client 'kiosk': connection lost"))
                .hasSize(1);
    }

    @Test
    void aGoodByeAndAProbeAreNot() throws Exception {
        TestClient probe = TestClient.open(server, ProtocolVersion.MQTT_3_1_1);
        probe.socket().setSoLinger(true, 0);
        probe.socket().close();
        TestClient polite = client(ProtocolVersion.MQTT_5, "polite");
        polite.send(new Disconnect(ReasonCode.NORMAL_DISCONNECTION, Properties.NONE));
        assertThat(polite.isEnded()).isTrue();
        client(ProtocolVersion.MQTT_5, "last").socket().close();
        await().until(() -> !lines.isEmpty());
        assertThat(lines).singleElement().asString().contains("client 'last': connection lost");
    }
}
