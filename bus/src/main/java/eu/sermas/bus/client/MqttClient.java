package eu.sermas.bus.client;

import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.PingReq;
import eu.sermas.bus.packet.Properties;
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
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// A blocking MQTT 5 client without threads of its own: it reads while it waits, and pings while it
/// waits long. One thing is in flight at a time. For one thread.
public final class MqttClient implements AutoCloseable {

    private static final int KEEP_ALIVE_SECONDS = 60;
    private static final int PING_MILLIS = KEEP_ALIVE_SECONDS * 1000 / 2;
    private static final int GOODBYE_MILLIS = 2000;

    private final PacketStream stream;
    private final int patienceMillis;
    private final Queue<Publish> arrived = new ArrayDeque<>();
    private int lastPacketId;

    private MqttClient(PacketStream stream, int patienceMillis) {
        this.stream = stream;
        this.patienceMillis = patienceMillis;
    }

    /// Connects with a clean session and a client id that the bus chooses.
    ///
    /// @param tls null for a plain connection
    /// @param token sent as the user name; null to connect without credentials
    /// @param patience for each answer
    /// @throws RefusedException where the bus does not let this token in
    public static MqttClient connect(
            String host,
            int port,
            @Nullable SSLContext tls,
            @Nullable String token,
            Duration patience)
            throws IOException, RefusedException {
        PacketStream stream = PacketStream.open(host, port, tls, patience);
        MqttClient client = new MqttClient(stream, Math.toIntExact(patience.toMillis()));
        try {
            client.login(token);
            return client;
        } catch (IOException | RefusedException e) {
            stream.close();
            throw e;
        }
    }

    private void login(@Nullable String token) throws IOException, RefusedException {
        byte[] password = token == null ? null : "sermas-bus".getBytes(StandardCharsets.UTF_8);
        stream.send(
                new Connect(
                        ProtocolVersion.MQTT_5,
                        "",
                        true,
                        KEEP_ALIVE_SECONDS,
                        null,
                        token,
                        password,
                        Properties.NONE));
        ConnAck ack = await(ConnAck.class);
        check("connection refused", ack.reasonCode(), ack.properties());
    }

    /// Publishes and waits until the bus has taken it over; at QoS 0 there is nothing to wait for.
    ///
    /// @throws RefusedException where the bus answers with an error; it cannot at QoS 0
    public void publish(Topic topic, byte[] payload, QoS qos, boolean retain)
            throws IOException, RefusedException {
        int packetId = qos == QoS.AT_MOST_ONCE ? 0 : nextPacketId();
        stream.send(new Publish(topic, payload, qos, retain, false, packetId, Properties.NONE));
        String refused = "publish to " + topic + " refused";
        switch (qos) {
            case AT_MOST_ONCE -> {}
            case AT_LEAST_ONCE -> {
                PubAck ack = await(PubAck.class);
                check(refused, ack.reasonCode(), ack.properties());
            }
            case EXACTLY_ONCE -> {
                PubRec rec = await(PubRec.class);
                check(refused, rec.reasonCode(), rec.properties());
                stream.send(new PubRel(packetId, ReasonCode.SUCCESS, Properties.NONE));
                PubComp comp = await(PubComp.class);
                check(refused, comp.reasonCode(), comp.properties());
            }
        }
    }

    /// @throws RefusedException where one of the filters is refused, which names it
    public void subscribe(List<TopicFilter> filters, QoS qos) throws IOException, RefusedException {
        List<Subscription> wanted =
                filters.stream().map(filter -> Subscription.of(filter, qos)).toList();
        stream.send(new Subscribe(nextPacketId(), wanted, Properties.NONE));
        SubAck ack = await(SubAck.class);
        for (int i = 0; i < wanted.size(); i++) {
            String refused = "subscription to " + filters.get(i) + " refused";
            check(refused, ack.reasonCodes().get(i), ack.properties());
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
            Packet packet = stream.receive((int) Math.min(left, PING_MILLIS));
            if (packet != null) {
                take(packet);
            } else if (left > PING_MILLIS) {
                stream.send(PingReq.INSTANCE);
            }
        }
        return arrived.remove();
    }

    /// Whether a message is there that [#receive] would return without waiting.
    public boolean hasArrived() {
        return !arrived.isEmpty();
    }

    private <T extends Packet> T await(Class<T> type) throws IOException, RefusedException {
        long deadline = System.nanoTime() + patienceMillis * 1_000_000L;
        while (true) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            Packet packet = left < 1 ? null : stream.receive((int) left);
            if (packet == null) {
                throw new SocketTimeoutException(
                        "no answer within " + patienceMillis / 1000 + " s");
            }
            if (type.isInstance(packet)) {
                return type.cast(packet);
            }
            take(packet);
        }
    }

    /// What comes without being waited for.
    private void take(Packet packet) throws IOException, RefusedException {
        switch (packet) {
            case Publish publish -> {
                acknowledge(publish);
                arrived.add(publish);
            }
            case PubRel rel ->
                    stream.send(new PubComp(rel.packetId(), ReasonCode.SUCCESS, Properties.NONE));
            case Disconnect end ->
                    throw new RefusedException(
                            "the bus closed the connection", end.reasonCode(), end.properties());
            default -> {}
        }
    }

    private void acknowledge(Publish publish) throws IOException {
        switch (publish.qos()) {
            case AT_MOST_ONCE -> {}
            case AT_LEAST_ONCE -> stream.send(PubAck.success(publish.packetId()));
            case EXACTLY_ONCE -> stream.send(PubRec.success(publish.packetId()));
        }
    }

    private static void check(String what, ReasonCode code, Properties properties)
            throws RefusedException {
        if (code.isError()) {
            throw new RefusedException(what, code, properties);
        }
    }

    private int nextPacketId() {
        lastPacketId = lastPacketId % Packet.MAX_PACKET_ID + 1;
        return lastPacketId;
    }

    /// Says good-bye and waits until the bus has hung up, since closing a socket with unread bytes
    /// could take back what was sent last.
    @Override
    public void close() throws IOException {
        try (stream) {
            stream.send(new Disconnect(ReasonCode.NORMAL_DISCONNECTION, Properties.NONE));
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
}
