package eu.sermas.bus.client;

import eu.sermas.bus.client.RefusedException.Subject;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.PingReq;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.UnsubAck;
import eu.sermas.bus.packet.Unsubscribe;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A blocking MQTT 5 client: it reads while it waits, and pings where it has sent nothing for half
/// of the keep-alive. One thing is in flight at a time. For one thread, except for [#leave].
public final class MqttClient implements AutoCloseable {

    private static final int GOODBYE_MILLIS = 2000;

    // Of the connection.
    private final PacketStream stream;
    private final int patienceMillis;
    private final Login login;
    private final Queue<Publish> arrived = new ArrayDeque<>();
    private final Map<Long, Topic> aliases = new HashMap<>();
    private String clientId;
    private boolean sessionPresent;
    private int lastPacketId;

    // Of its life; times in nanoseconds.
    private long pingEvery;
    private long lastSent;
    private long pinged;
    private boolean pingUnanswered;

    /// Of the session: QoS 2 identifiers that are not released yet, so that what is sent again with
    /// one of them is not shown again [MQTT-4.3.3-10].
    private final Set<Integer> unreleased = new HashSet<>();

    private MqttClient(PacketStream stream, Endpoint endpoint, Login login) {
        this.stream = stream;
        this.patienceMillis = endpoint.patienceMillis();
        this.login = login;
        this.clientId = login.clientId();
    }

    public static MqttClient connect(Endpoint endpoint, Login login)
            throws IOException, RefusedException {
        return connect(endpoint, login, _ -> {}, null);
    }

    /// @param trace is told of each packet, without secrets and payloads
    /// @param before the connection whose session this one goes on with, where the bus still has it
    /// @throws RefusedException where the bus does not let this client in
    public static MqttClient connect(
            Endpoint endpoint, Login login, Consumer<String> trace, @Nullable MqttClient before)
            throws IOException, RefusedException {
        PacketStream stream = new PacketStream(Link.open(endpoint), trace);
        MqttClient client = new MqttClient(stream, endpoint, login);
        try {
            client.login();
            if (before != null && client.sessionPresent) {
                client.unreleased.addAll(before.unreleased);
            }
            return client;
        } catch (IOException | RefusedException e) {
            stream.close();
            throw e;
        }
    }

    private void login() throws IOException, RefusedException {
        String token = login.token();
        byte[] password = token == null ? null : "sermas-bus".getBytes(StandardCharsets.UTF_8);
        send(
                new Connect(
                        ProtocolVersion.MQTT_5,
                        login.clientId(),
                        login.cleanStart(),
                        login.keepAlive(),
                        login.will(),
                        token,
                        password,
                        login.properties()));
        ConnAck ack = await(ConnAck.class);
        check(Subject.LOGIN, "connection refused", ack.reasonCode(), ack.properties());
        sessionPresent = ack.sessionPresent();
        String assigned = ack.properties().text(Property.ASSIGNED_CLIENT_IDENTIFIER);
        clientId = assigned == null ? login.clientId() : assigned;
        long seconds = ack.properties().number(Property.SERVER_KEEP_ALIVE, login.keepAlive());
        pingEvery = seconds * 1_000_000_000L / 2; // [MQTT-3.2.2-21]
    }

    /// The one that the bus has given where the login had none.
    public String clientId() {
        return clientId;
    }

    /// Whether the bus had a session of this client, with its subscriptions.
    public boolean isSessionPresent() {
        return sessionPresent;
    }

    /// Publishes and waits until the bus has taken it over; at QoS 0 there is nothing to wait for.
    ///
    /// @throws RefusedException where the bus answers with an error; it cannot at QoS 0
    public void publish(Topic topic, byte[] payload, QoS qos, boolean retain, Properties properties)
            throws IOException, RefusedException {
        int packetId = qos == QoS.AT_MOST_ONCE ? 0 : nextPacketId();
        send(new Publish(topic, payload, qos, retain, false, packetId, properties));
        String refused = "publish to " + topic + " refused";
        switch (qos) {
            case AT_MOST_ONCE -> {}
            case AT_LEAST_ONCE -> {
                PubAck ack = await(PubAck.class);
                check(Subject.REQUEST, refused, ack.reasonCode(), ack.properties());
            }
            case EXACTLY_ONCE -> {
                PubRec rec = await(PubRec.class);
                check(Subject.REQUEST, refused, rec.reasonCode(), rec.properties());
                send(new PubRel(packetId, ReasonCode.SUCCESS, Properties.NONE));
                PubComp comp = await(PubComp.class);
                check(Subject.REQUEST, refused, comp.reasonCode(), comp.properties());
            }
        }
    }

    /// @throws RefusedException where one of the filters is refused, which names it
    public void subscribe(List<TopicFilter> filters, QoS qos, Properties properties)
            throws IOException, RefusedException {
        List<Subscription> wanted =
                filters.stream().map(filter -> Subscription.of(filter, qos)).toList();
        send(new Subscribe(nextPacketId(), wanted, properties));
        SubAck ack = await(SubAck.class);
        for (int i = 0; i < wanted.size(); i++) {
            String refused = "subscription to " + filters.get(i) + " refused";
            check(Subject.REQUEST, refused, ack.reasonCodes().get(i), ack.properties());
        }
    }

    /// @throws RefusedException where one of them is refused; that there was none is no refusal
    public void unsubscribe(List<TopicFilter> filters, Properties properties)
            throws IOException, RefusedException {
        send(new Unsubscribe(nextPacketId(), filters, properties));
        UnsubAck ack = await(UnsubAck.class);
        for (int i = 0; i < filters.size(); i++) {
            String refused = "end of the subscription to " + filters.get(i) + " refused";
            check(Subject.REQUEST, refused, ack.reasonCodes().get(i), ack.properties());
        }
    }

    /// The next message, acknowledged already.
    ///
    /// @return null where none came in that time
    /// @throws RefusedException where the bus ends the connection and says why
    public @Nullable Publish receive(Duration wait) throws IOException, RefusedException {
        long deadline = System.nanoTime() + wait.toNanos();
        while (arrived.isEmpty()) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left < 1) {
                return null;
            }
            Packet packet = next(left);
            if (packet != null) {
                take(packet);
            }
        }
        return arrived.remove();
    }

    /// Takes what has come, without waiting, and pings where it is time: for those who wait for
    /// something else.
    public void stay() throws IOException, RefusedException {
        for (Packet packet = next(1); packet != null; packet = next(1)) {
            take(packet);
        }
    }

    /// Whether a message is there that [#receive] would return without waiting.
    public boolean hasArrived() {
        return !arrived.isEmpty();
    }

    /// Takes out what has arrived, so that nothing that was acknowledged is lost with a connection.
    public List<Publish> drain() {
        List<Publish> all = List.copyOf(arrived);
        arrived.clear();
        return all;
    }

    private <T extends Packet> T await(Class<T> type) throws IOException, RefusedException {
        long deadline = System.nanoTime() + patienceMillis * 1_000_000L;
        while (true) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left < 1) {
                throw silence();
            }
            Packet packet = next(left);
            if (type.isInstance(packet)) {
                return type.cast(packet);
            }
            if (packet != null) {
                take(packet);
            }
        }
    }

    /// One packet, where one comes in that time; it may return earlier without one.
    private @Nullable Packet next(long millis) throws IOException {
        long wait = millis;
        if (pingEvery > 0) {
            long now = System.nanoTime();
            if (pingUnanswered && now - pinged > patienceMillis * 1_000_000L) {
                throw silence();
            }
            if (now - lastSent >= pingEvery) {
                send(PingReq.INSTANCE);
                pinged = pingUnanswered ? pinged : now;
                pingUnanswered = true;
            }
            long due = pingEvery - (System.nanoTime() - lastSent);
            wait = Math.min(Math.min(wait, patienceMillis), due / 1_000_000);
        }
        Packet packet = stream.receive((int) Math.max(1, Math.min(wait, Integer.MAX_VALUE)));
        pingUnanswered &= packet == null;
        return packet;
    }

    private SocketTimeoutException silence() {
        return new SocketTimeoutException("no answer within " + patienceMillis / 1000 + " s");
    }

    private void send(Packet packet) throws IOException {
        lastSent = System.nanoTime();
        stream.send(packet);
    }

    /// What comes without being waited for.
    private void take(Packet packet) throws IOException, RefusedException {
        switch (packet) {
            case Publish publish -> take(publish);
            case PubRel rel -> {
                unreleased.remove(rel.packetId());
                send(new PubComp(rel.packetId(), ReasonCode.SUCCESS, Properties.NONE));
            }
            case Disconnect end ->
                    throw new RefusedException(
                            Subject.CONNECTION,
                            "the bus closed the connection",
                            end.reasonCode(),
                            end.properties());
            default -> {}
        }
    }

    private void take(Publish publish) throws IOException {
        switch (publish.qos()) {
            case AT_MOST_ONCE -> arrived.add(named(publish));
            case AT_LEAST_ONCE -> {
                send(PubAck.success(publish.packetId()));
                arrived.add(named(publish));
            }
            case EXACTLY_ONCE -> {
                send(PubRec.success(publish.packetId()));
                if (unreleased.add(publish.packetId())) {
                    arrived.add(named(publish));
                }
            }
        }
    }

    /// With the topic in the place of its alias; there are aliases only for who has asked for them.
    private Publish named(Publish publish) throws IOException {
        long alias = publish.properties().number(Property.TOPIC_ALIAS, 0);
        Topic topic = publish.topic();
        if (topic != null) {
            if (alias > 0) {
                aliases.put(alias, topic);
            }
            return publish;
        }
        Topic known = aliases.get(alias);
        if (known == null) {
            throw new IOException("a message without a topic");
        }
        return new Publish(
                known,
                publish.payload(),
                publish.qos(),
                publish.retain(),
                publish.dup(),
                publish.packetId(),
                publish.properties());
    }

    private static void check(Subject subject, String what, ReasonCode code, Properties properties)
            throws RefusedException {
        if (code.isError()) {
            throw new RefusedException(subject, what, code, properties);
        }
    }

    private int nextPacketId() {
        lastPacketId = lastPacketId % Packet.MAX_PACKET_ID + 1;
        return lastPacketId;
    }

    /// Says good-bye, from any thread: whoever reads then finds the end of the connection.
    public void leave() throws IOException {
        stream.send(new Disconnect(ReasonCode.NORMAL_DISCONNECTION, login.goodbye()));
    }

    /// Says good-bye and waits until the bus has hung up, since closing a socket with unread bytes
    /// could take back what was sent last.
    @Override
    public void close() throws IOException {
        try (stream) {
            leave();
            long deadline = System.nanoTime() + GOODBYE_MILLIS * 1_000_000L;
            while (System.nanoTime() < deadline) {
                if (stream.receive(GOODBYE_MILLIS) == null) {
                    return;
                }
            }
        } catch (EOFException _) {
            // The bus has hung up, as it should.
        }
    }

    /// Ends a connection that is lost anyway.
    public void abandon() {
        try {
            stream.close();
        } catch (IOException _) {
            // Nothing of it is used any more.
        }
    }
}
