package eu.sermas.bus.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import eu.sermas.bus.packet.ProtocolVersion;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A WebSocket written out by hand, so that a test can send any frame and see every byte.
final class TestWebSocket {

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final byte[] MASK = {0x12, 0x34, 0x56, 0x78};

    /// A frame of the server.
    record Frame(int opcode, byte[] payload) {
        int closeCode() {
            return ByteBuffer.wrap(payload).getShort();
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private String answer = "";

    TestWebSocket(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
        socket.setSoTimeout(10_000);
    }

    /// Sends the request and reads the answer's header.
    String open(String path, @Nullable String subprotocol, byte[] behind) throws IOException {
        String request =
                "GET "
                        + path
                        + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                        + "Connection: keep-alive, Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        + "Sec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Extensions: permessage-deflate\r\n"
                        + (subprotocol == null
                                ? ""
                                : "Sec-WebSocket-Protocol: " + subprotocol + "\r\n")
                        + "\r\n";
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(request.getBytes(ISO_8859_1));
        all.writeBytes(behind);
        out.write(all.toByteArray());
        StringBuilder header = new StringBuilder();
        while (header.indexOf("\r\n\r\n") < 0) {
            header.append((char) in.readUnsignedByte());
        }
        answer = header.toString();
        return answer;
    }

    static byte[] frame(boolean last, int opcode, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
        frame.put((byte) ((last ? 0x80 : 0) | opcode));
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length < 65_536) {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        frame.put(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ MASK[i % 4]));
        }
        byte[] bytes = new byte[frame.position()];
        frame.flip().get(bytes);
        return bytes;
    }

    void write(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    void send(boolean last, int opcode, byte[] payload) throws IOException {
        write(frame(last, opcode, payload));
    }

    Frame receive() throws IOException {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte(); // never masked
        long size =
                switch (length) {
                    case 126 -> in.readUnsignedShort();
                    case 127 -> in.readLong();
                    default -> length;
                };
        if ((first & 0x80) == 0 || length > 127) {
            throw new IOException("not the frame of a server: " + first + " " + length);
        }
        return new Frame(first & 0x0F, in.readNBytes((int) size));
    }

    boolean isEnded() throws IOException {
        return in.read() < 0;
    }

    /// The same connection for MQTT, with one frame for each write.
    TestClient mqtt(ProtocolVersion version) throws IOException {
        InputStream payloads =
                new InputStream() {
                    private InputStream current = new ByteArrayInputStream(new byte[0]);

                    @Override
                    public int read() {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public int read(byte[] bytes, int from, int count) throws IOException {
                        while (current.available() == 0) {
                            Frame frame;
                            try {
                                frame = TestWebSocket.this.receive();
                            } catch (EOFException _) {
                                return -1;
                            }
                            if (frame.opcode() == BINARY) {
                                current = new ByteArrayInputStream(frame.payload());
                            }
                        }
                        return current.read(bytes, from, count);
                    }
                };
        OutputStream frames =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        send(true, BINARY, new byte[] {(byte) b});
                    }

                    @Override
                    public void write(byte[] bytes) throws IOException {
                        send(true, BINARY, bytes);
                    }
                };
        return new TestClient(socket, payloads, frames, version);
    }
}
