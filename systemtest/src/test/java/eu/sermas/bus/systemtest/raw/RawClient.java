package eu.sermas.bus.systemtest.raw;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.raw.Packet.Ack;
import eu.sermas.bus.systemtest.raw.Packet.ConnAck;
import eu.sermas.bus.systemtest.raw.Packet.Disconnect;
import eu.sermas.bus.systemtest.raw.Packet.PingResp;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A socket to the bus on which a test writes and reads one packet after the other.
///
/// Nothing happens by itself: no acknowledgement, no ping. Whatever is expected must be the very
/// next packet and come in time.
public final class RawClient implements AutoCloseable {

    /// Long, because it only costs time where a test fails.
    private static final int ANSWER_WITHIN_MILLIS = 20_000;

    private static final byte[] PINGREQ = Bytes.hex("c000");

    private final Socket socket;
    private final DataInputStream in;
    private Version version = Version.V5;
    private long largestPacket = Long.MAX_VALUE;
    private int lastPacketId;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    /// Opens the connection and sends nothing.
    public static RawClient open(int port) {
        try {
            var socket = new Socket();
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_WITHIN_MILLIS);
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                    ANSWER_WITHIN_MILLIS);
            return new RawClient(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Goes on over a connection that is open already.
    public static RawClient over(Socket connected) {
        try {
            connected.setSoTimeout(ANSWER_WITHIN_MILLIS);
            return new RawClient(connected);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What comes back is read as packets of this version, where CONNECT is sent as mere bytes.
    public RawClient reading(Version spoken) {
        version = spoken;
        return this;
    }

    // Sending

    public RawClient send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param hex see [Bytes#hex]
    public RawClient send(String hex) {
        return send(Bytes.hex(hex));
    }

    /// What comes back is read as a packet of the same version, and must not be larger than CONNECT
    /// allows.
    public RawClient send(Connect connect) {
        version = connect.version();
        largestPacket = connect.maximumPacketSize();
        return send(connect.bytes());
    }

    public RawClient send(Publish publish) {
        return send(publish.bytes(version));
    }

    public RawClient send(Subscribe subscribe) {
        return send(subscribe.bytes(version));
    }

    /// An acknowledgement in its shortest form, which means success.
    public RawClient send(Type ack, int packetId) {
        return send(Bytes.packet(ack, Bytes.bytes().u16(packetId)));
    }

    /// An acknowledgement of MQTT 5 with a reason code.
    public RawClient send(Type ack, int packetId, int reason) {
        return send(Bytes.packet(ack, Bytes.bytes().u16(packetId).u8(reason)));
    }

    public RawClient send(Type ack, int packetId, int reason, Properties properties) {
        var body = Bytes.bytes().u16(packetId).u8(reason).raw(properties.encoded());
        return send(Bytes.packet(ack, body));
    }

    /// DISCONNECT in its shortest form; the bus has to close the connection.
    public void disconnect() {
        send("e000").expectClosed();
    }

    public void disconnect(int reason, Properties properties) {
        var body = Bytes.bytes().u8(reason).raw(properties.encoded());
        send(Bytes.packet(Type.DISCONNECT, body)).expectClosed();
    }

    /// Closes the socket without DISCONNECT, as a crash does.
    public void drop() {
        close();
    }

    // Round trips

    /// Connects and asserts that the bus accepts.
    public ConnAck connect(Connect connect) {
        var answer = send(connect).expect(ConnAck.class);
        assertThat(answer.reason()).as("%s", answer).isZero();
        return answer;
    }

    /// Subscribes and asserts that the bus grants the QoS.
    public SubAck subscribe(String filter, int options) {
        return subscribe(filter, options, Properties.NONE);
    }

    public SubAck subscribe(String filter, int options, Properties properties) {
        int packetId = nextPacketId();
        var request = Subscribe.subscribe(packetId).filter(filter, options).with(properties);
        var answer = send(request).expect(SubAck.class);
        assertThat(answer.type()).isEqualTo(Type.SUBACK);
        assertThat(answer.packetId()).isEqualTo(packetId);
        assertThat(answer.reasons()).as("%s", answer).containsExactly(options & 0b11);
        return answer;
    }

    public SubAck unsubscribe(String filter) {
        int packetId = nextPacketId();
        var answer = send(Subscribe.unsubscribe(packetId).filter(filter)).expect(SubAck.class);
        assertThat(answer.type()).isEqualTo(Type.UNSUBACK);
        assertThat(answer.packetId()).isEqualTo(packetId);
        return answer;
    }

    /// Publishes with any QoS, with a packet identifier of its own, and goes on until the exchange
    /// is complete. The bus has then handed the message to the receivers' connections.
    public RawClient publish(Publish message) {
        if (message.qos() == 0) {
            send(message);
            expectNothing();
            return this;
        }
        int packetId = nextPacketId();
        send(message.qos(message.qos(), packetId));
        if (message.qos() == 1) {
            expectAck(Type.PUBACK, packetId);
            return this;
        }
        expectAck(Type.PUBREC, packetId);
        send(Type.PUBREL, packetId).expectAck(Type.PUBCOMP, packetId);
        return this;
    }

    /// Acknowledges a message of any QoS and goes on until the exchange is complete.
    public RawClient acknowledge(Publish message) {
        int packetId = message.packetId();
        switch (message.qos()) {
            case 1 -> send(Type.PUBACK, packetId);
            case 2 -> {
                send(Type.PUBREC, packetId).expectAck(Type.PUBREL, packetId);
                send(Type.PUBCOMP, packetId);
            }
            default -> assertThat(packetId).isZero();
        }
        return this;
    }

    // Expecting

    /// The next packet, whatever it is.
    public Packet next() {
        var packet = read();
        if (packet == null) {
            throw new AssertionError("closed by the bus where a packet was expected");
        }
        return packet;
    }

    public <P extends Packet> P expect(Class<P> kind) {
        var packet = next();
        assertThat(packet).isInstanceOf(kind);
        return kind.cast(packet);
    }

    public Publish expectPublish() {
        return expect(Publish.class);
    }

    public Publish expectPublish(String payload) {
        var message = expectPublish();
        assertThat(message.text()).as("%s", message).isEqualTo(payload);
        return message;
    }

    /// All messages that are on their way, as the answer to a ping shows; nothing else may come.
    public List<Publish> expectPublishes() {
        send(PINGREQ);
        var messages = new ArrayList<Publish>();
        for (var packet = next(); packet.type() != Type.PINGRESP; packet = next()) {
            assertThat(packet).isInstanceOf(Publish.class);
            messages.add((Publish) packet);
        }
        return messages;
    }

    /// An acknowledgement below 0x80 of this packet.
    public Ack expectAck(Type type, int packetId) {
        var ack = expect(Ack.class);
        assertThat(ack.type()).as("%s", ack).isEqualTo(type);
        assertThat(ack.packetId()).as("%s", ack).isEqualTo(packetId);
        assertThat(ack.reason()).as("%s", ack).isLessThan(0x80);
        return ack;
    }

    /// DISCONNECT with one of these reasons, then the end.
    public Disconnect expectDisconnect(Integer... reasons) {
        var packet = expect(Disconnect.class);
        assertThat(packet.reason()).as("%s", packet).isIn((Object[]) reasons);
        assertThat(read()).as("nothing behind DISCONNECT").isNull();
        return packet;
    }

    /// CONNACK with one of these reasons, then the end.
    public ConnAck expectRefused(Integer... reasons) {
        var packet = expect(ConnAck.class);
        assertThat(packet.reason()).as("%s", packet).isIn((Object[]) reasons);
        assertThat(read()).as("nothing behind a CONNACK that refuses").isNull();
        return packet;
    }

    /// The end, where at most a DISCONNECT or a refusing CONNACK comes before.
    ///
    /// @return that packet, or null
    public @Nullable Packet expectClosed() {
        var packet = read();
        if (packet == null) {
            return null;
        }
        assertThat(packet)
                .satisfiesAnyOf(
                        p -> assertThat(p).isInstanceOf(Disconnect.class),
                        p ->
                                assertThat(p)
                                        .isInstanceOfSatisfying(
                                                ConnAck.class,
                                                c -> assertThat(c.reason()).isGreaterThan(0)));
        assertThat(read()).as("nothing behind %s", packet).isNull();
        return packet;
    }

    /// The end without a word before it: before MQTT 5 a bus cannot say why.
    public void expectEnd() {
        assertThat(expectClosed()).as("said before the end").isNull();
    }

    /// Proves without waiting that nothing is on its way: what was handed to this connection before
    /// would come before the answer to a ping.
    public RawClient expectNothing() {
        send(PINGREQ).expect(PingResp.class);
        return this;
    }

    /// @return null at the end of the connection
    private @Nullable Packet read() {
        try {
            int first = in.read();
            if (first < 0) {
                return null;
            }
            var body = in.readNBytes(readRemainingLength());
            assertThat((long) Bytes.packet(first, Bytes.bytes().raw(body)).length)
                    .as("bytes of one packet")
                    .isLessThanOrEqualTo(largestPacket);
            return Packet.read(version, first, body);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("nothing within " + ANSWER_WITHIN_MILLIS + " ms", e);
        } catch (EOFException | SocketException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int readRemainingLength() throws IOException {
        var bytes = Bytes.bytes();
        int next;
        do {
            next = in.readUnsignedByte();
            bytes.u8(next);
        } while (next >= 0x80);
        return new Cursor(bytes.toArray()).varint();
    }

    private int nextPacketId() {
        return ++lastPacketId;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
