package eu.sermas.bus.systemtest.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;

/// One connection over HTTP, byte by byte, as wrong as a test wants it.
public final class RawHttp implements AutoCloseable {

    private static final int ANSWER_WITHIN_MILLIS = 30_000;

    /// @param head with its line ends, in lower case
    public record Answer(int status, String head, String body) {}

    private final Socket socket;
    private final InputStream in;

    private RawHttp(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    public static RawHttp open(int port) {
        try {
            var socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            return over(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static RawHttp over(Socket socket) throws IOException {
        socket.setSoTimeout(ANSWER_WITHIN_MILLIS);
        return new RawHttp(socket);
    }

    /// A head with these lines behind the first and the host, and the empty line.
    public static String head(String first, String... lines) {
        var head = new StringBuilder(first).append(" HTTP/1.1\r\nHost: localhost\r\n");
        for (var line : lines) {
            head.append(line).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    public RawHttp send(String text) {
        return send(text.getBytes(ISO_8859_1));
    }

    public RawHttp send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Sends as much as the bus takes; it may have said its last word and gone.
    RawHttp offer(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            // The answer says why.
        }
        return this;
    }

    /// The next answer, whose body has a length.
    public Answer answer() {
        try {
            var head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    throw new EOFException("closed behind: " + head);
                }
                head.append((char) next);
            }
            var text = head.toString().toLowerCase(Locale.ROOT);
            int status = Integer.parseInt(text.substring(9, 12));
            var body = new String(in.readNBytes(lengthIn(text)), ISO_8859_1);
            return new Answer(status, text, body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int lengthIn(String head) {
        int at = head.indexOf("\r\ncontent-length:");
        return at < 0
                ? 0
                : Integer.parseInt(head.substring(at + 17, head.indexOf('\r', at + 2)).strip());
    }

    /// The next bytes, which need not be HTTP any more.
    public byte[] next(int length) {
        try {
            return in.readNBytes(length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether there is nothing more to come.
    boolean isClosed() {
        try {
            return in.read() < 0;
        } catch (IOException e) {
            return true;
        }
    }

    /// Closes without a good-bye, so that nothing of it stays in the kernel.
    @Override
    public void close() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
