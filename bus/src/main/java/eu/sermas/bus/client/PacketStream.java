package eu.sermas.bus.client;

import eu.sermas.bus.codec.MalformedPacketException;
import eu.sermas.bus.codec.PacketDecoder;
import eu.sermas.bus.codec.PacketEncoder;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// MQTT 5 packets over one link. For one thread, except that another may [#send].
final class PacketStream implements AutoCloseable {

    private static final int LARGEST_PACKET = 268_435_460; // all that the fixed header can say
    private static final int CHUNK = 64 * 1024;

    private final Link link;
    private final Consumer<String> trace;
    private final PacketDecoder decoder = new PacketDecoder(LARGEST_PACKET);
    private final ByteBuf received = Unpooled.buffer(CHUNK);

    /// @param trace is told of each packet, without secrets and payloads
    PacketStream(Link link, Consumer<String> trace) {
        this.link = link;
        this.trace = trace;
        decoder.version(ProtocolVersion.MQTT_5);
    }

    void send(Packet packet) throws IOException {
        ByteBuf bytes = Unpooled.buffer();
        PacketEncoder.encode(packet, ProtocolVersion.MQTT_5, bytes);
        trace.accept("sent " + packet);
        link.send(bytes);
    }

    /// @param millis how long to wait, at least 1
    /// @return null where no whole packet came in that time
    @Nullable Packet receive(int millis) throws IOException {
        long deadline = System.nanoTime() + millis * 1_000_000L;
        while (true) {
            Packet packet = decode();
            if (packet != null) {
                trace.accept("received " + packet);
                return packet;
            }
            // Rounded up: a wait of one millisecond looks at the link at least once.
            long left = (deadline - System.nanoTime() + 999_999) / 1_000_000;
            if (left < 1 || !link.receive(received, (int) left)) {
                return null;
            }
        }
    }

    private @Nullable Packet decode() throws IOException {
        try {
            Packet packet = decoder.decode(received);
            received.discardSomeReadBytes();
            return packet;
        } catch (MalformedPacketException e) {
            throw new IOException("not MQTT: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
