package eu.sermas.bus.systemtest.conformance;

import eu.sermas.bus.systemtest.conformance.ConformanceBus.Kind;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Property;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What the classes of all sections share: buses, clients that are closed after each test, and
/// names that no other test uses.
public abstract class Section {

    @RegisterExtension protected static final ConformanceBus BUS = new ConformanceBus();

    private static final AtomicInteger NAMES = new AtomicInteger();

    private final List<RawClient> clients = new ArrayList<>();

    /// A connection to the open bus, on which nothing has been sent.
    protected final RawClient open() {
        return open(Kind.OPEN);
    }

    /// A connection on which nothing has been sent.
    protected final RawClient open(Kind bus) {
        var client = RawClient.open(BUS.port(bus));
        clients.add(client);
        return client;
    }

    /// A client whose CONNECT was accepted.
    protected final RawClient connect(Connect connect) {
        return connect(Kind.OPEN, connect);
    }

    protected final RawClient connect(Kind bus, Connect connect) {
        var client = open(bus);
        client.connect(connect);
        return client;
    }

    /// An MQTT 5 client with a clean session.
    protected final RawClient connectV5() {
        return connect(Connect.v5(name("c")));
    }

    /// An MQTT 3.1.1 client with a clean session.
    protected final RawClient connectV311() {
        return connect(Connect.v311(name("c")));
    }

    /// An MQTT 5 client that goes on with the session of this name, or begins it.
    protected final RawClient resume(String clientId) {
        return connect(kept(clientId));
    }

    /// CONNECT of a session that is kept for a minute.
    protected static Connect kept(String clientId) {
        return Connect.v5(clientId).unclean().with(Property.SESSION_EXPIRY_INTERVAL, 60);
    }

    /// Lets a second pass on the clock of the bus: a will is published a second after its client is
    /// gone.
    protected final void letASecondPass() {
        var topic = topic();
        var watcher = connectV5();
        watcher.subscribe(topic, 0);
        connect(
                        Connect.v5(name("w"))
                                .with(Property.SESSION_EXPIRY_INTERVAL, 60)
                                .will(
                                        Publish.to(topic, "a second")
                                                .with(Property.WILL_DELAY_INTERVAL, 1)))
                .drop();
        watcher.expectPublish("a second");
    }

    /// A name for a client, a topic level or a share: letters and digits, at most 23.
    protected static String name(String prefix) {
        return prefix + NAMES.incrementAndGet();
    }

    /// A topic of two levels that no other test uses.
    protected static String topic() {
        return name("t") + "/x";
    }

    @AfterEach
    final void closeClients() {
        clients.forEach(RawClient::close);
    }
}
