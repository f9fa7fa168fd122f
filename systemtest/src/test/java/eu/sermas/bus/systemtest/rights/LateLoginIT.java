package eu.sermas.bus.systemtest.rights;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Version;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Who comes in while their client is being deleted is out again when that is done. Logins go on
/// without a pause while the deletion takes place, so that some have been accepted and have not yet
/// begun at the moment at which everybody is told to go.
class LateLoginIT {

    private static final int ROUNDS = 12;
    private static final int CONNECTIONS = 200;

    /// Fewer than one client may have.
    private static final int STREAMS = 18;

    private static RightsBus bus;

    @BeforeAll
    static void start() {
        bus = RightsBus.start("limits.login.delay=0");
    }

    @AfterAll
    static void stop() {
        bus.close();
    }

    private static String appWithKiosk() {
        return bus.app(Map.of("clients", List.of(RightsBus.client("kiosk", "ui"))));
    }

    private static void deleteKioskDuring(String appId, Runnable logins) throws Exception {
        var coming = Thread.ofVirtual().start(logins);
        bus.admin.delete("/api/platform/app/" + appId + "/client/kiosk").expect(200);
        coming.join();
    }

    @Test
    void aConnectionThatBeginsWhileItsClientIsDeletedEndsWithIt() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            var appId = appWithKiosk();
            var token = bus.token(appId, "kiosk");
            var clients = new ArrayList<RawClient>();
            for (int i = 0; i < CONNECTIONS; i++) {
                clients.add(RawClient.open(bus.bus.port()).reading(Version.V5));
            }

            deleteKioskDuring(
                    appId,
                    () -> {
                        for (var client : clients) {
                            client.send(
                                    Connect.v5(RightsBus.name("late"))
                                            .userName(token)
                                            .password("any"));
                        }
                    });

            for (var client : clients) {
                if (client.expect(Packet.ConnAck.class).reason() == 0) {
                    client.expectDisconnect(RightsBus.NOT_AUTHORIZED);
                }
                client.close();
            }
        }
    }

    @Test
    void soDoesAStreamOfEvents() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            var appId = appWithKiosk();
            var request =
                    "GET /api/events/app/%s/ui/%%23 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n"
                            .formatted(appId, bus.token(appId, "kiosk"))
                            .getBytes(UTF_8);
            var sockets = new ArrayList<Socket>();
            for (int i = 0; i < STREAMS; i++) {
                var socket = new Socket(InetAddress.getLoopbackAddress(), bus.bus.port());
                socket.setSoTimeout(20_000);
                sockets.add(socket);
            }

            deleteKioskDuring(appId, () -> sockets.forEach(socket -> send(socket, request)));

            for (var socket : sockets) {
                // It ends at all: a stream that survives goes on with comments for ever.
                var answer = new String(socket.getInputStream().readNBytes(64 * 1024), UTF_8);
                if (answer.startsWith("HTTP/1.1 200")) {
                    assertThat(answer).contains("event: end");
                }
                socket.close();
            }
        }
    }

    private static void send(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
