package eu.sermas.bus.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.store.rocksdb.RocksStore;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ControlSocketTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir private Path directory;

    private RocksStore store;
    private ControlSocket socket;

    @BeforeEach
    void open() throws IOException {
        Files.writeString(directory.resolve(ControlSocket.NAME), "left by a killed process");
        store = RocksStore.open(directory);
        socket = ControlSocket.open(directory, store);
    }

    @AfterEach
    void close() {
        socket.close();
        store.close();
    }

    @Test
    void isForTheOwnerOnlyAndGoneAtTheEnd() throws IOException {
        Path path = directory.resolve(ControlSocket.NAME);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");

        socket.close();
        assertThat(path).doesNotExist();
        assertThat(ControlClient.connect(directory)).isNull();
    }

    @Test
    void aCheckpointLastsAsLongAsTheConnection() throws IOException {
        Path folder;
        try (ControlClient client = connect()) {
            folder = client.checkpoint();
            assertThat(folder.resolve("CURRENT")).exists();
        }
        await().atMost(PATIENCE).until(() -> !Files.exists(folder));
    }

    @Test
    void theEndOfTheBusEndsCheckpoints() throws IOException {
        try (ControlClient client = connect()) {
            Path folder = client.checkpoint();
            socket.close();
            assertThat(folder).doesNotExist();
        }
    }

    @Test
    void aStartRemovesTheCheckpointsOfAKilledProcess() throws IOException {
        Path stale = Files.createDirectories(directory.resolve("checkpoints/checkpoint-1"));
        Files.writeString(stale.resolve("CURRENT"), "");
        socket.close();
        store.close();
        store = RocksStore.open(directory);

        assertThat(stale).doesNotExist();
    }

    @Test
    void otherRequestsAreRefused() throws IOException {
        assertThat(ask("shutdown\n"))
                .isEqualTo("error unknown request (expected: checkpoint or reload)\n");
        assertThat(ask("checkpoint /etc\n")).startsWith("error unknown request");
    }

    @Test
    void tooMuchAndTooSlowIsClosed() throws IOException {
        assertThat(ask("x".repeat(10_000))).isEmpty();
        assertThat(ask("check")).isEmpty();
    }

    @Test
    void manyConnectionsAreClosedAndThoseThatEndMakeRoom() throws IOException {
        List<ControlClient> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(connect());
            clients.getLast().checkpoint();
        }
        try (ControlClient more = connect()) {
            assertThatThrownBy(more::checkpoint).isInstanceOf(IOException.class);
        }
        for (ControlClient client : clients) {
            client.close();
        }
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(
                        () -> {
                            try (ControlClient client = connect()) {
                                return Files.exists(client.checkpoint());
                            }
                        });
    }

    @Test
    void aPathThatIsTooLongForASocketIsDoneWithout() {
        Path deep = directory.resolve("x".repeat(120));
        try (RocksStore other = RocksStore.open(deep);
                ControlSocket _ = ControlSocket.open(deep, other)) {
            assertThat(deep.resolve(ControlSocket.NAME)).doesNotExist();
        }
    }

    private ControlClient connect() throws IOException {
        return Objects.requireNonNull(ControlClient.connect(directory), "nobody listens");
    }

    private String ask(String request) throws IOException {
        try (SocketChannel channel =
                SocketChannel.open(
                        UnixDomainSocketAddress.of(directory.resolve(ControlSocket.NAME)))) {
            channel.write(UTF_8.encode(request));
            ByteBuffer answer = ByteBuffer.allocate(1000);
            try {
                while (channel.read(answer) >= 0) {
                    // until it is closed
                }
            } catch (IOException _) {
                // closed while there was something unread
            }
            return UTF_8.decode(answer.flip()).toString();
        }
    }
}
