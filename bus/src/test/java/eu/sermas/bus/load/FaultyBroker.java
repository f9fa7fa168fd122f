package eu.sermas.bus.load;

import eu.sermas.bus.codec.MalformedPacketException;
import eu.sermas.bus.codec.PacketDecoder;
import eu.sermas.bus.codec.PacketEncoder;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Sends every message to every subscriber, as far as its fault lets it: a broker to test the
/// tester with.
final class FaultyBroker implements AutoCloseable {

    enum Fault {
        NONE,
        DROP,
        DOUBLE,
        SWAP,
        TRUNCATE,
        HANG_UP
    }

    private static final int EVERY = 50;

    private final Fault fault;
    private final ServerSocket listener;
    private final List<Socket> subscribers = new CopyOnWriteArrayList<>();

    /// The user names of all that have connected, in their order.
    final List<String> users = Collections.synchronizedList(new ArrayList<>());

    private @Nullable Publish held;
    private int messages;

    FaultyBroker(Fault fault) throws IOException {
        this.fault = fault;
        listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    Target target() {
        return new Target("127.0.0.1", listener.getLocalPort(), null);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException _) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        PacketDecoder decoder = new PacketDecoder(1_000_000);
        ByteBuf in = Unpooled.buffer();
        try (socket) {
            while (in.writeBytes(socket.getInputStream(), 64 * 1024) > 0) {
                Packet packet = decoder.decode(in);
                while (packet != null) {
                    answer(socket, packet);
                    packet = decoder.decode(in);
                }
                in.discardReadBytes();
            }
        } catch (IOException | MalformedPacketException | UncheckedIOException _) {
            // The client is gone.
        }
    }

    private synchronized void answer(Socket socket, Packet packet) {
        switch (packet) {
            case Connect connect -> {
                users.add(String.valueOf(connect.userName()));
                send(socket, new ConnAck(false, ReasonCode.SUCCESS, Properties.NONE));
            }
            case Subscribe subscribe -> {
                send(
                        socket,
                        new SubAck(
                                subscribe.packetId(),
                                List.of(ReasonCode.GRANTED_QOS_1),
                                Properties.NONE));
                subscribers.add(socket);
            }
            case Publish publish -> {
                send(socket, PubAck.success(publish.packetId()));
                forward(publish);
            }
            case Disconnect _ -> throw new UncheckedIOException(new IOException("as asked"));
            default -> {}
        }
    }

    private void forward(Publish publish) {
        Publish waiting = held;
        held = null;
        messages++;
        switch (messages % EVERY == 0 ? fault : Fault.NONE) {
            case NONE -> deliver(publish);
            case DROP -> {}
            case DOUBLE -> {
                deliver(publish);
                deliver(publish);
            }
            case SWAP -> held = publish;
            case TRUNCATE -> deliver(with(publish, Arrays.copyOf(publish.payload(), Payload.SIZE)));
            case HANG_UP -> throw new UncheckedIOException(new IOException("as asked"));
        }
        if (waiting != null) {
            deliver(waiting);
        }
    }

    private void deliver(Publish publish) {
        Publish delivery = with(publish, publish.payload());
        subscribers.forEach(socket -> send(socket, delivery));
    }

    private static Publish with(Publish publish, byte[] payload) {
        return new Publish(
                publish.topic(), payload, QoS.AT_LEAST_ONCE, false, false, 1, Properties.NONE);
    }

    private static void send(Socket socket, Packet packet) {
        ByteBuf out = Unpooled.buffer();
        PacketEncoder.encode(packet, ProtocolVersion.MQTT_3_1_1, out);
        try {
            out.readBytes(socket.getOutputStream(), out.readableBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : subscribers) {
            socket.close();
        }
    }
}
