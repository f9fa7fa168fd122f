package eu.sermas.bus.systemtest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/// MQTT by hand: sends any bytes and looks at each packet that comes back, for what a client
/// library hides or refuses to send.
final class RawMqtt implements AutoCloseable {

    static final int CONNECT = 0x10;
    static final int CONNACK = 0x20;
    static final int PUBLISH = 0x30;
    static final int SUBSCRIBE = 0x82;
    static final int SUBACK = 0x90;
    static final int PINGREQ = 0xC0;
    static final int PINGRESP = 0xD0;
    static final int DISCONNECT = 0xE0;

    private static final int MILLIS = 10_000;
    private static final int USER_NAME = 0x80;
    private static final int USER_NAME_AND_PASSWORD = 0xC0;
    private static final int CLEAN = 0x02;

    private final Socket socket;
    private final DataInputStream in;

    /// @param first the first byte of the fixed header
    /// @param body all that follows the remaining length
    record Packet(int first, byte[] body) {

        int type() {
            return first & 0xF0;
        }

        /// Where the reason stands in CONNACK (second byte) and DISCONNECT (first, absent for 0).
        int reason() {
            int index = type() == CONNACK ? 1 : 0;
            return body.length > index ? body[index] & 0xFF : 0;
        }
    }

    private RawMqtt(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    static RawMqtt open(int port) throws IOException {
        var socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), MILLIS);
        return new RawMqtt(socket);
    }

    /// Opens and connects with a clean session.
    ///
    /// @param level 4 or 5
    static RawMqtt connected(int port, int level, String clientId, String token)
            throws IOException {
        var mqtt = open(port);
        mqtt.send(connect(level, clientId, token, "sermas"));
        assertThat(mqtt.receive()).returns(CONNACK, Packet::type).returns(0, Packet::reason);
        return mqtt;
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /// @throws EOFException where the bus has closed the connection
    Packet receive() throws IOException {
        int first = in.readUnsignedByte();
        int length = 0;
        int digit;
        int shift = 0;
        do {
            digit = in.readUnsignedByte();
            length |= (digit & 0x7F) << shift;
            shift += 7;
        } while ((digit & 0x80) != 0);
        return new Packet(first, in.readNBytes(length));
    }

    /// Reads whatever comes until the bus closes the connection.
    ///
    /// @return the last packet, or null
    @Nullable Packet lastBeforeClose() throws IOException {
        Packet last = null;
        try {
            while (true) {
                last = receive();
            }
        } catch (EOFException | SocketException e) {
            return last;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /// @param password null leaves the password flag out
    static byte[] connect(int level, String clientId, String token, @Nullable String password) {
        var body = new ByteArrayOutputStream();
        text(body, "MQTT");
        body.write(level);
        body.write((password == null ? USER_NAME : USER_NAME_AND_PASSWORD) | CLEAN);
        body.writeBytes(new byte[] {0, 60});
        if (level == 5) {
            body.write(0);
        }
        text(body, clientId);
        text(body, token);
        if (password != null) {
            text(body, password);
        }
        return packet(CONNECT, body.toByteArray());
    }

    /// SUBSCRIBE 3.1.1 with packet identifier 1 and QoS 0.
    static byte[] subscribe(String filter) {
        var body = new ByteArrayOutputStream();
        body.writeBytes(new byte[] {0, 1});
        text(body, filter);
        body.write(0);
        return packet(SUBSCRIBE, body.toByteArray());
    }

    /// PUBLISH 3.1.1 with QoS 0.
    static byte[] publish(String topic, String payload) {
        var body = new ByteArrayOutputStream();
        text(body, topic);
        body.writeBytes(payload.getBytes(UTF_8));
        return packet(PUBLISH, body.toByteArray());
    }

    static byte[] ping() {
        return packet(PINGREQ, new byte[0]);
    }

    static byte[] packet(int first, byte[] body) {
        var packet = new ByteArrayOutputStream();
        packet.write(first);
        int rest = body.length;
        do {
            packet.write(rest >= 0x80 ? (rest & 0x7F) | 0x80 : rest);
            rest >>= 7;
        } while (rest > 0);
        packet.writeBytes(body);
        return packet.toByteArray();
    }

    private static void text(ByteArrayOutputStream body, String text) {
        var bytes = text.getBytes(UTF_8);
        body.write(bytes.length >> 8);
        body.write(bytes.length);
        body.writeBytes(bytes);
    }
}
