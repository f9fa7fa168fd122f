package eu.sermas.bus.systemtest.crash;

import static java.util.concurrent.TimeUnit.SECONDS;

import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet;
import eu.sermas.bus.systemtest.raw.Packet.Ack;
import eu.sermas.bus.systemtest.raw.Packet.ConnAck;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.Property;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.Subscribe;
import eu.sermas.bus.systemtest.raw.Type;
import eu.sermas.bus.systemtest.raw.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A client written to the letter of the specification, whose timing a test decides.
final class RawPeer implements Peer {

    private static final int FIRST_FAILURE = 0x80;
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(50);
    private static final int ANSWERED_WITHIN_SECONDS = 60;

    /// @param receiveMaximum what an MQTT 5 client announces; 0 for nothing
    /// @param reluctance how long it takes before it acknowledges a message
    record Habits(Version version, Duration expiry, int receiveMaximum, Duration reluctance) {

        static Habits of(Version version) {
            return new Habits(version, Duration.ofHours(1), 0, Duration.ZERO);
        }

        Habits expiringAfter(Duration time) {
            return new Habits(version, time, receiveMaximum, reluctance);
        }

        Habits slow(int maximum, Duration time) {
            return new Habits(version, expiry, maximum, time);
        }
    }

    /// @param released whether PUBREC was seen
    private record Outgoing(Message message, boolean released) {}

    private final String name;
    private final int port;
    private final Habits habits;
    private final History history;

    // For the life of the session; guarded by this
    private final Map<Integer, Outgoing> outgoing = new LinkedHashMap<>();
    private final Set<Integer> incoming = new HashSet<>();
    private final Map<String, Integer> subscriptions = new LinkedHashMap<>();
    private final Map<Integer, Request> requests = new LinkedHashMap<>();
    private int lastPacketId;
    private boolean startsClean;
    private boolean wanted;

    /// Whether its thread is there. One at a time: on a slow machine the last connection may not
    /// have noticed its end when the next one is wanted.
    private boolean running;

    // For the life of a connection; guarded by this
    private @Nullable Link link;

    /// A SUBSCRIBE or UNSUBSCRIBE that waits for its answer.
    private record Request(Type type, String filter, int qos, CompletableFuture<Void> done) {}

    RawPeer(String name, int port, Habits habits, History history) {
        this.name = name;
        this.port = port;
        this.habits = habits;
        this.history = history;
    }

    // What the test asks for

    @Override
    public void comeBack() {
        comeBack(false);
    }

    /// @param clean whether to give up the session, until a CONNACK has answered that
    synchronized void comeBack(boolean clean) {
        startsClean |= clean;
        wanted = true;
        if (!running) {
            running = true;
            Thread.ofVirtual().name(name).start(this::run);
        }
    }

    @Override
    public void leave() {
        go(true);
    }

    /// Closes the socket without a word and stays away.
    void drop() {
        go(false);
    }

    private synchronized void go(boolean politely) {
        wanted = false;
        if (link == null) {
            return;
        }
        history.note(new Event.Disconnected(System.nanoTime(), name));
        if (politely) {
            send(Bytes.hex("e000"));
        }
        link.close();
        link = null;
    }

    synchronized boolean isConnected() {
        return link != null;
    }

    @Override
    public void subscribe(String filter, int qos) {
        await(request(Type.SUBSCRIBE, filter, qos));
    }

    void unsubscribe(String filter) {
        await(request(Type.UNSUBSCRIBE, filter, 0));
    }

    private static void await(CompletableFuture<Void> done) {
        done.orTimeout(ANSWERED_WITHIN_SECONDS, SECONDS).join();
    }

    private synchronized CompletableFuture<Void> request(Type type, String filter, int qos) {
        var request = new Request(type, filter, qos, new CompletableFuture<>());
        int packetId = nextPacketId();
        requests.put(packetId, request);
        send(packetId, request);
        return request.done;
    }

    @Override
    public synchronized void publish(Message message) {
        int packetId = nextPacketId();
        history.note(new Event.Sent(System.nanoTime(), message));
        outgoing.put(packetId, new Outgoing(message, false));
        send(toPublish(packetId, message, false).bytes(habits.version));
    }

    @Override
    public synchronized int unacknowledged() {
        return outgoing.size();
    }

    @Override
    public void close() {
        drop();
    }

    // One connection after the other

    private void run() {
        while (goesOn()) {
            try (var opened = Link.open(port, habits.version)) {
                connect(opened);
                for (var packet = opened.read(); packet != null; packet = opened.read()) {
                    receive(opened, packet);
                }
            } catch (IOException | UncheckedIOException e) {
                // The bus is down, or has just gone down.
            } finally {
                lost();
            }
            pause(BETWEEN_ATTEMPTS);
        }
    }

    private synchronized boolean goesOn() {
        running = wanted;
        return wanted;
    }

    private void connect(Link opened) throws IOException {
        boolean clean = startsClean;
        history.note(new Event.Connecting(System.nanoTime(), name, clean));
        opened.send(toConnect(clean).bytes());
        if (!(opened.read() instanceof ConnAck answer) || answer.reason() != 0) {
            return;
        }
        boolean present = answer.sessionPresent();
        synchronized (this) {
            if (!wanted) {
                return;
            }
            // Before MQTT 5 a clean session ends with its connection.
            var expiry = clean && habits.version != Version.V5 ? Duration.ZERO : habits.expiry;
            long now = System.nanoTime();
            history.note(new Event.Connected(now, name, present, expiry.toNanos()));
            link = opened;
            startsClean = false;
            if (!present) {
                beginAnew();
            }
            outgoing.forEach((packetId, message) -> resend(packetId, message, present));
            requests.forEach(this::send);
        }
    }

    private Connect toConnect(boolean clean) {
        if (habits.version != Version.V5) {
            var connect = Connect.v311(name).keepAlive(0);
            return clean ? connect : connect.unclean();
        }
        var connect =
                Connect.v5(name)
                        .keepAlive(0)
                        .with(Property.SESSION_EXPIRY_INTERVAL, habits.expiry.toSeconds());
        if (habits.receiveMaximum > 0) {
            connect.with(Property.RECEIVE_MAXIMUM, (long) habits.receiveMaximum);
        }
        return clean ? connect : connect.unclean();
    }

    /// The bus knows nothing of the session: what was released is done, the rest comes again.
    private void beginAnew() {
        incoming.clear();
        outgoing.values().removeIf(Outgoing::released);
        subscriptions.forEach(
                (filter, qos) -> {
                    var again = new CompletableFuture<Void>();
                    requests.put(nextPacketId(), new Request(Type.SUBSCRIBE, filter, qos, again));
                });
    }

    private void resend(int packetId, Outgoing sent, boolean dup) {
        send(
                sent.released
                        ? ack(Type.PUBREL, packetId)
                        : toPublish(packetId, sent.message, dup).bytes(habits.version));
    }

    private synchronized void lost() {
        if (link != null && wanted) {
            history.note(new Event.Disconnected(System.nanoTime(), name));
            link = null;
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    // Receiving

    private void receive(Link opened, Packet packet) {
        switch (packet) {
            case Publish publish -> {
                arrived(publish);
                if (publish.qos() > 0) {
                    pause(habits.reluctance);
                    var type = publish.qos() == 1 ? Type.PUBACK : Type.PUBREC;
                    opened.send(ack(type, publish.packetId()));
                }
            }
            case Ack ack -> acknowledged(opened, ack);
            case SubAck answer -> answered(answer);
            default -> {}
        }
    }

    private synchronized void arrived(Publish publish) {
        boolean isNew = publish.qos() < 2 || incoming.add(publish.packetId());
        if (isNew && publish.payload().length > 0) {
            history.note(
                    new Event.Received(
                            System.nanoTime(),
                            name,
                            publish.topic(),
                            Message.Id.parse(publish.text()),
                            publish.qos(),
                            publish.retain()));
        }
    }

    private synchronized void acknowledged(Link opened, Ack ack) {
        int packetId = ack.packetId();
        var sent = outgoing.get(packetId);
        if (ack.type() == Type.PUBREL) {
            incoming.remove(packetId);
            opened.send(ack(Type.PUBCOMP, packetId));
            return;
        }
        if (sent == null) {
            return;
        }
        if (ack.type() == Type.PUBCOMP || ack.reason() >= FIRST_FAILURE) {
            outgoing.remove(packetId);
            return;
        }
        history.note(new Event.Acknowledged(System.nanoTime(), sent.message.id()));
        if (ack.type() == Type.PUBACK) {
            outgoing.remove(packetId);
        } else {
            outgoing.put(packetId, new Outgoing(sent.message, true));
            opened.send(ack(Type.PUBREL, packetId));
        }
    }

    private synchronized void answered(SubAck answer) {
        var request = requests.remove(answer.packetId());
        if (request == null) {
            return;
        }
        long now = System.nanoTime();
        if (request.type == Type.UNSUBSCRIBE) {
            subscriptions.remove(request.filter);
            history.note(new Event.Unsubscribed(now, name, request.filter));
        } else if (answer.reasons().getFirst() < FIRST_FAILURE) {
            subscriptions.put(request.filter, request.qos);
            history.note(new Event.Subscribed(now, name, request.filter, request.qos));
        }
        request.done.complete(null);
    }

    // Sending

    private void send(int packetId, Request request) {
        if (link == null) {
            return;
        }
        long now = System.nanoTime();
        if (request.type == Type.SUBSCRIBE) {
            history.note(new Event.Subscribing(now, name, request.filter));
            var packet = Subscribe.subscribe(packetId).filter(request.filter, request.qos);
            send(packet.bytes(habits.version));
        } else {
            history.note(new Event.Unsubscribing(now, name, request.filter));
            var packet = Subscribe.unsubscribe(packetId).filter(request.filter);
            send(packet.bytes(habits.version));
        }
    }

    /// Nothing where there is no connection, or one that has just ended: it comes again.
    private void send(byte[] bytes) {
        if (link != null) {
            link.send(bytes);
        }
    }

    private static byte[] ack(Type type, int packetId) {
        return Bytes.packet(type, Bytes.bytes().u16(packetId));
    }

    private static Publish toPublish(int packetId, Message message, boolean dup) {
        var publish = Publish.to(message.topic(), message.payload()).qos(message.qos(), packetId);
        var flagged = message.retain() ? publish.retained() : publish;
        return dup ? flagged.asDup() : flagged;
    }

    private int nextPacketId() {
        do {
            lastPacketId = lastPacketId % 0xFFFF + 1;
        } while (outgoing.containsKey(lastPacketId) || requests.containsKey(lastPacketId));
        return lastPacketId;
    }
}
