package eu.sermas.bus.transport;

import eu.sermas.bus.codec.MalformedPacketException;
import eu.sermas.bus.codec.PacketDecoder;
import eu.sermas.bus.codec.PacketEncoder;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SSLContext;

/// A blocking client that sends what the test says, byte by byte if need be.
final class TestClient implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 10_000;
    private static final int READ_SIZE = 64 * 1024;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final ProtocolVersion version;
    private final PacketDecoder decoder = new PacketDecoder(268_435_460);
    private final ByteBuf received = Unpooled.buffer();

    TestClient(Socket socket, InputStream in, OutputStream out, ProtocolVersion version)
            throws IOException {
        this.socket = socket;
        this.in = in;
        this.out = out;
        this.version = version;
        socket.setSoTimeout(PATIENCE_MILLIS);
        decoder.version(version);
    }

    static TestClient open(TestServer server, ProtocolVersion version) throws IOException {
        return over(new Socket(InetAddress.getLoopbackAddress(), server.port()), version);
    }

    static TestClient over(Socket socket, ProtocolVersion version) throws IOException {
        return new TestClient(socket, socket.getInputStream(), socket.getOutputStream(), version);
    }

    static Socket tls(TestServer server, SSLContext context) throws IOException {
        return context.getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.port());
    }

    /// Opens and connects.
    static TestClient connected(TestServer server, String clientId)
            throws IOException, MalformedPacketException {
        TestClient client = open(server, ProtocolVersion.MQTT_5);
        client.send(connect(ProtocolVersion.MQTT_5, clientId));
        client.receive(ConnAck.class);
        return client;
    }

    static Connect connect(ProtocolVersion version, String clientId) {
        return connect(version, clientId, "good", Properties.NONE);
    }

    static Connect connect(
            ProtocolVersion version, String clientId, String userName, Properties properties) {
        return new Connect(version, clientId, true, 60, null, userName, new byte[0], properties);
    }

    static Subscribe subscribe(int packetId, String filter, QoS qos) {
        return new Subscribe(
                packetId, List.of(Subscription.of(TopicFilter.of(filter), qos)), Properties.NONE);
    }

    static Publish publish(String topic, byte[] payload) {
        return new Publish(
                Topic.of(topic), payload, QoS.AT_MOST_ONCE, false, false, 0, Properties.NONE);
    }

    byte[] bytes(Packet... packets) {
        ByteBuf all = Unpooled.buffer();
        for (Packet packet : packets) {
            PacketEncoder.encode(packet, version, all);
        }
        return ByteBufUtil.getBytes(all);
    }

    void send(Packet... packets) throws IOException {
        write(bytes(packets));
    }

    void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    <P extends Packet> P receive(Class<P> type) throws IOException, MalformedPacketException {
        return type.cast(receive());
    }

    Packet receive() throws IOException, MalformedPacketException {
        while (true) {
            Packet packet = decoder.decode(received);
            if (packet != null) {
                received.discardSomeReadBytes();
                return packet;
            }
            byte[] more = new byte[READ_SIZE];
            int count = in.read(more);
            if (count < 0) {
                throw new EOFException("closed by the server");
            }
            received.writeBytes(more, 0, count);
        }
    }

    /// True where the server closes without sending anything more.
    boolean isEnded() throws IOException {
        return !received.isReadable() && in.read(new byte[1]) < 0;
    }

    Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
