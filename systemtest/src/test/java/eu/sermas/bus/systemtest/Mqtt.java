package eu.sermas.bus.systemtest;

import eu.sermas.bus.systemtest.client.ClientKind;
import eu.sermas.bus.systemtest.client.Login;
import eu.sermas.bus.systemtest.client.TestClient;
import java.util.concurrent.atomic.AtomicInteger;

/// Connected clients for tests that do not care which library it is.
public final class Mqtt {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private Mqtt() {}

    /// An MQTT 5 client with a client id of its own.
    public static TestClient connect(BusProcess bus, String token) throws TestClient.Refused {
        return connect(bus, token, "test-" + NUMBER.incrementAndGet());
    }

    public static TestClient connect(BusProcess bus, String token, String clientId)
            throws TestClient.Refused {
        return connect(ClientKind.HIVEMQ_5_TCP, bus, token, clientId);
    }

    public static TestClient connect(ClientKind kind, BusProcess bus, String token, String clientId)
            throws TestClient.Refused {
        var client = kind.create();
        try {
            var _ = client.connect(new Login(bus.uri(kind.scheme(), kind.path()), clientId, token));
            return client;
        } catch (TestClient.Refused e) {
            client.close();
            throw e;
        }
    }
}
