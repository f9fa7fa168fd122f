package eu.sermas.bus.systemtest.raw;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/// A WebSocket to the bus, frame by frame (RFC 6455), as wrong as a test wants it.
public final class RawWebSocket implements AutoCloseable {

    public static final int CONTINUATION = 0;
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int TWO_BYTES_FOLLOW = 126;
    private static final byte[] MASK = Bytes.hex("a55a0ff0");
    private static final int ANSWER_WITHIN_MILLIS = 5_000;

    /// @param opcode of a frame that is the last of its message
    public record Frame(int opcode, byte[] payload) {}

    private final Socket socket;
    private final DataInputStream in;
    private ByteArrayInputStream unread = new ByteArrayInputStream(new byte[0]);

    private RawWebSocket(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    /// Opens the connection and sends nothing.
    public static RawWebSocket open(int port) {
        try {
            var socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_WITHIN_MILLIS);
            return new RawWebSocket(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Asks for a WebSocket.
    ///
    /// @param subprotocols as they stand in the header
    /// @return the head of the answer, with a line end behind each line
    public String upgrade(String subprotocols) {
        write(
                """
                GET /mqtt HTTP/1.1
                Host: localhost
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Protocol: %s

                """
                        .formatted(subprotocols)
                        .replace("\n", "\r\n")
                        .getBytes(US_ASCII));
        var head = new StringBuilder();
        try {
            while (!head.toString().endsWith("\r\n\r\n")) {
                head.append((char) in.readUnsignedByte());
            }
        } catch (IOException e) {
            throw new AssertionError("HTTP answer cut off behind: " + head, e);
        }
        return head.toString();
    }

    /// Sends a message in one frame.
    public RawWebSocket send(int opcode, byte[] payload) {
        return sendFrame(FIN | opcode, payload);
    }

    /// Sends a part of a message behind which more of it follows.
    public RawWebSocket sendPart(int opcode, byte[] payload) {
        return sendFrame(opcode, payload);
    }

    private RawWebSocket sendFrame(int firstByte, byte[] payload) {
        var frame = Bytes.bytes().u8(firstByte);
        if (payload.length < TWO_BYTES_FOLLOW) {
            frame.u8(MASKED | payload.length);
        } else {
            frame.u8(MASKED | TWO_BYTES_FOLLOW).u16(payload.length);
        }
        frame.raw(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.u8(payload[i] ^ MASK[i % MASK.length]);
        }
        write(frame.toArray());
        return this;
    }

    private void write(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The next MQTT packet, version 5, out of binary frames.
    public Packet next() {
        int first = mqttByte();
        int length = 0;
        for (int shift = 0, more = 0x80; more >= 0x80; shift += 7) {
            more = mqttByte();
            length |= (more & 0x7F) << shift;
        }
        var body = new ByteArrayOutputStream();
        while (body.size() < length) {
            body.write(mqttByte());
        }
        return Packet.read(Version.V5, first, body.toByteArray());
    }

    /// The next bytes of MQTT out of binary frames.
    public byte[] mqttBytes(int length) {
        var bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) mqttByte();
        }
        return bytes;
    }

    private int mqttByte() {
        while (unread.available() == 0) {
            var frame = nextFrame();
            assertThat(frame.opcode()).as("%s", frame).isEqualTo(BINARY); // [MQTT-6.0.0-1]
            unread = new ByteArrayInputStream(frame.payload());
        }
        return unread.read();
    }

    /// The next frame, whatever it is.
    public Frame nextFrame() {
        var frame = readFrame();
        if (frame == null) {
            throw new AssertionError("closed by the bus where a frame was expected");
        }
        return frame;
    }

    /// @return null at the end of the connection
    private @Nullable Frame readFrame() {
        try {
            int first = in.read();
            if (first < 0) {
                return null;
            }
            assertThat(first & ~0xF).as("a whole message without extensions").isEqualTo(FIN);
            int length = in.readUnsignedByte();
            assertThat(length).as("not masked").isLessThan(MASKED);
            long size =
                    length < TWO_BYTES_FOLLOW
                            ? length
                            : length == TWO_BYTES_FOLLOW ? in.readUnsignedShort() : in.readLong();
            return new Frame(first & 0xF, in.readNBytes((int) size));
        } catch (EOFException | SocketException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The end, where at most a close frame comes before.
    public void expectClosed() {
        var frame = readFrame();
        if (frame != null) {
            assertThat(frame.opcode()).as("%s", frame).isEqualTo(CLOSE);
            assertThat(readFrame()).as("nothing behind a close frame").isNull();
        }
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
