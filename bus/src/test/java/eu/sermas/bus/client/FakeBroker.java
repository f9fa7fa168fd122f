package eu.sermas.bus.client;

import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A broker that does what a test says, one connection after the other.
public final class FakeBroker implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 30_000;

    /// What it does with one connection; the connection ends with it.
    public interface Script {
        void play(Peer client) throws IOException;
    }

    /// The client, seen from the broker.
    public static final class Peer {

        private final PacketStream stream;

        private Peer(PacketStream stream) {
            this.stream = stream;
        }

        public void send(Packet packet) throws IOException {
            stream.send(packet);
        }

        public Packet next() throws IOException {
            Packet packet = stream.receive(PATIENCE_MILLIS);
            if (packet == null) {
                throw new IOException("nothing came");
            }
            return packet;
        }

        /// The next packet, which is to be of this kind.
        public <T extends Packet> T expect(Class<T> type) throws IOException {
            Packet packet = next();
            if (!type.isInstance(packet)) {
                throw new IOException(packet + " (expected: " + type.getSimpleName() + ")");
            }
            return type.cast(packet);
        }

        /// Whether a packet of this kind has come by now; others are forgotten.
        boolean hasSent(Class<? extends Packet> type) throws IOException {
            return type.isInstance(stream.receive(1));
        }

        public Connect accept(boolean sessionPresent) throws IOException {
            Connect connect = expect(Connect.class);
            send(new ConnAck(sessionPresent, ReasonCode.SUCCESS, Properties.NONE));
            return connect;
        }

        public void publish(String text, QoS qos, int packetId) throws IOException {
            send(
                    new Publish(
                            Topic.of("a"),
                            text.getBytes(StandardCharsets.UTF_8),
                            qos,
                            false,
                            false,
                            packetId,
                            Properties.NONE));
        }
    }

    private final ServerSocket socket;
    private final CompletableFuture<Void> played = new CompletableFuture<>();

    public FakeBroker(Script... connections) throws IOException {
        socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> play(List.of(connections)));
    }

    private void play(List<Script> connections) {
        try {
            for (Script script : connections) {
                try (PacketStream stream =
                        new PacketStream(new SocketLink(socket.accept()), _ -> {})) {
                    script.play(new Peer(stream));
                }
            }
            played.complete(null);
        } catch (IOException | RuntimeException e) {
            played.completeExceptionally(e);
        }
    }

    public int port() {
        return socket.getLocalPort();
    }

    /// Waits until all has gone as it was said.
    public void expectPlayed() throws Exception {
        played.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
