package eu.sermas.bus.backup;

import eu.sermas.bus.store.StoreException;
import eu.sermas.bus.store.rocksdb.Checkpoint;
import eu.sermas.bus.store.rocksdb.RocksStore;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where a running bus takes orders from commands on the same machine: a Unix domain socket in its
/// data directory, for the owner of that directory only.
///
/// There are two orders. To `checkpoint` the answer is `ok` and a folder with the records of this
/// moment, which lasts as long as the connection, so that a command that is killed leaves nothing.
/// To `reload` it is `ok` and what was done. Where it cannot be done it is `error` and why. A bus
/// that cannot listen here, as where the path is longer than a socket address may be, runs without.
public final class ControlSocket implements AutoCloseable {

    static final String NAME = "control.sock";
    static final String CHECKPOINT = "checkpoint";
    static final String RELOAD = "reload";
    static final String OK = "ok ";
    static final String ERROR = "error ";

    /// Reads the configuration again.
    public interface Reloading {

        /// @return what was done, one line
        /// @throws IOException where nothing was done; the message says why
        String run() throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);

    private static final int CONNECTIONS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final RocksStore store;
    private final Path path;
    private final @Nullable ServerSocketChannel server;
    private final Semaphore free = new Semaphore(CONNECTIONS);
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private volatile Reloading reloading =
            () -> {
                throw new IOException("not now (expected: a bus that has started)");
            };

    private ControlSocket(RocksStore store, Path path, @Nullable ServerSocketChannel server) {
        this.store = store;
        this.path = path;
        this.server = server;
    }

    /// Listens in this data directory, which is that of the store: whoever has that open is the
    /// only one here, and a socket that exists is one that a killed process has left.
    public static ControlSocket open(Path directory, RocksStore store) {
        Path path = directory.resolve(NAME).toAbsolutePath();
        ServerSocketChannel server = listen(path);
        ControlSocket socket = new ControlSocket(store, path, server);
        if (server != null) {
            Thread.ofVirtual().name("control").start(() -> socket.accept(server));
        }
        return socket;
    }

    public void reloadBy(Reloading by) {
        reloading = by;
    }

    private static @Nullable ServerSocketChannel listen(Path path) {
        ServerSocketChannel server = null;
        try {
            Files.deleteIfExists(path);
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(path), CONNECTIONS);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            return server;
        } catch (IOException | UnsupportedOperationException e) {
            LOG.warn("No backup while running: {} cannot be opened: {}", path, e.getMessage());
            close(server);
            return null;
        }
    }

    private void accept(ServerSocketChannel listening) {
        while (listening.isOpen()) {
            try {
                SocketChannel connection = listening.accept();
                if (free.tryAcquire()) {
                    connections.add(connection);
                    threads.add(Thread.ofVirtual().start(() -> serve(connection)));
                } else {
                    close(connection);
                }
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                LOG.warn("Control socket: {}", e.toString());
            }
        }
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            answer(connection, Lines.read(connection, PATIENCE));
        } catch (IOException e) {
            LOG.debug("Control socket: {}", e.toString());
        } finally {
            connections.remove(connection);
            threads.remove(Thread.currentThread());
            free.release();
        }
    }

    private void answer(SocketChannel connection, String request) throws IOException {
        switch (request) {
            case CHECKPOINT -> checkpoint(connection);
            case RELOAD -> reload(connection);
            default ->
                    Lines.write(
                            connection, ERROR + "unknown request (expected: checkpoint or reload)");
        }
    }

    private void reload(SocketChannel connection) throws IOException {
        String answer;
        try {
            answer = OK + reloading.run();
        } catch (IOException e) {
            answer = ERROR + e.getMessage();
        }
        Lines.write(connection, answer);
    }

    private void checkpoint(SocketChannel connection) throws IOException {
        try (Checkpoint checkpoint = store.checkpoint()) {
            LOG.info("Checkpoint for a backup made");
            Lines.write(connection, OK + checkpoint.folder().toAbsolutePath());
            awaitEnd(connection);
        } catch (StoreException e) {
            LOG.warn("No checkpoint for a backup: {}", e.getMessage());
            Lines.write(connection, ERROR + e.getMessage());
        }
    }

    private static void awaitEnd(SocketChannel connection) throws IOException {
        ByteBuffer ignored = ByteBuffer.allocate(64);
        while (connection.read(ignored.clear()) >= 0) {
            // nothing more is expected
        }
    }

    /// Ends what is going on; a backup that is being made fails.
    @Override
    public void close() {
        if (server == null) {
            return;
        }
        close(server);
        connections.forEach(ControlSocket::close);
        try {
            for (Thread thread : threads) {
                thread.join(PATIENCE);
            }
            Files.deleteIfExists(path);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("{} not removed: {}", path, e.toString());
        }
    }

    private static void close(@Nullable AutoCloseable channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (Exception e) {
            LOG.debug("Control socket: {}", e.toString());
        }
    }
}
