package eu.sermas.bus.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// One line each way: what the control socket speaks. Both give up in time by closing the channel.
final class Lines {

    /// Longer than any path.
    private static final int LONGEST = 8192;

    private Lines() {}

    static void write(SocketChannel channel, String line) throws IOException {
        ByteBuffer bytes = UTF_8.encode(line.replace('\n', ' ') + "\n");
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /// @throws IOException where the other side closes before, does not write in time, or writes
    ///   more than a line
    static String read(SocketChannel channel, Duration patience) throws IOException {
        Thread deadline = Thread.ofVirtual().start(() -> closeLater(channel, patience));
        try {
            return read(channel);
        } finally {
            deadline.interrupt();
        }
    }

    private static void closeLater(SocketChannel channel, Duration patience) {
        try {
            Thread.sleep(patience);
            channel.close();
        } catch (InterruptedException | IOException _) {
            // the line has come, or the channel is closed already
        }
    }

    private static String read(SocketChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST);
        while (bytes.position() == 0 || bytes.get(bytes.position() - 1) != '\n') {
            if (!bytes.hasRemaining()) {
                throw new ProtocolException("line of more than " + LONGEST + " bytes");
            }
            if (channel.read(bytes) < 0) {
                throw new EOFException("connection closed");
            }
        }
        return UTF_8.decode(bytes.flip()).toString().strip();
    }
}
