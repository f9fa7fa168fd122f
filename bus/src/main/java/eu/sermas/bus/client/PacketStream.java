package eu.sermas.bus.client;

import eu.sermas.bus.codec.MalformedPacketException;
import eu.sermas.bus.codec.PacketDecoder;
import eu.sermas.bus.codec.PacketEncoder;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// MQTT 5 packets over one blocking socket. For one thread.
final class PacketStream implements AutoCloseable {

    private static final int LARGEST_PACKET = 268_435_460; // all that the fixed header can say
    private static final int CHUNK = 64 * 1024;

    private final Socket socket;
    private final PacketDecoder decoder = new PacketDecoder(LARGEST_PACKET);
    private final ByteBuf received = Unpooled.buffer(CHUNK);

    private PacketStream(Socket socket) {
        this.socket = socket;
        decoder.version(ProtocolVersion.MQTT_5);
    }

    /// @param tls null for none
    static PacketStream open(String host, int port, @Nullable SSLContext tls, Duration patience)
            throws IOException {
        Socket socket = new Socket();
        try {
            int millis = Math.toIntExact(patience.toMillis());
            socket.connect(new InetSocketAddress(host, port), millis);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(millis);
            return new PacketStream(tls == null ? socket : secure(socket, host, port, tls));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static Socket secure(Socket socket, String host, int port, SSLContext tls)
            throws IOException {
        SSLSocket secure =
                (SSLSocket) tls.getSocketFactory().createSocket(socket, host, port, true);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the name must be in there
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return secure;
    }

    void send(Packet packet) throws IOException {
        ByteBuf bytes = Unpooled.buffer();
        PacketEncoder.encode(packet, ProtocolVersion.MQTT_5, bytes);
        bytes.readBytes(socket.getOutputStream(), bytes.readableBytes());
        socket.getOutputStream().flush();
    }

    /// @param millis how long to wait, at least 1
    /// @return null where no whole packet came in that time
    @Nullable Packet receive(int millis) throws IOException {
        long deadline = System.nanoTime() + millis * 1_000_000L;
        while (true) {
            Packet packet = decode();
            if (packet != null) {
                return packet;
            }
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left < 1 || !read((int) left)) {
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

    private boolean read(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            if (received.writeBytes(socket.getInputStream(), CHUNK) < 0) {
                throw new EOFException("the connection was closed");
            }
            return true;
        } catch (SocketTimeoutException _) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
