package eu.sermas.bus.backup;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The other end of [ControlSocket].
public final class ControlClient implements AutoCloseable {

    /// A checkpoint writes what is in memory to files first.
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final SocketChannel channel;

    private ControlClient(SocketChannel channel) {
        this.channel = channel;
    }

    /// @return null where no bus listens for this data directory
    public static @Nullable ControlClient connect(Path directory) throws IOException {
        Path path = directory.resolve(ControlSocket.NAME).toAbsolutePath();
        if (!Files.exists(path)) {
            return null;
        }
        try {
            return new ControlClient(SocketChannel.open(UnixDomainSocketAddress.of(path)));
        } catch (ConnectException _) {
            return null; // left by a process that was killed
        } catch (SocketException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        }
    }

    /// The folder of a checkpoint, there until this is closed.
    Path checkpoint() throws IOException {
        Lines.write(channel, ControlSocket.CHECKPOINT);
        String answer;
        try {
            answer = Lines.read(channel, PATIENCE);
        } catch (IOException e) {
            throw new IOException("the running bus gave no checkpoint: " + e.getMessage(), e);
        }
        if (!answer.startsWith(ControlSocket.OK)) {
            throw new IOException("the running bus gave no checkpoint: " + answer);
        }
        return Path.of(answer.substring(ControlSocket.OK.length()));
    }

    /// Has the bus read its configuration again.
    ///
    /// @return what was done
    /// @throws IOException where nothing was done; the message says why
    public String reload() throws IOException {
        Lines.write(channel, ControlSocket.RELOAD);
        String answer = Lines.read(channel, PATIENCE);
        if (!answer.startsWith(ControlSocket.OK)) {
            throw new IOException(
                    answer.startsWith(ControlSocket.ERROR)
                            ? answer.substring(ControlSocket.ERROR.length())
                            : answer);
        }
        return answer.substring(ControlSocket.OK.length());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
