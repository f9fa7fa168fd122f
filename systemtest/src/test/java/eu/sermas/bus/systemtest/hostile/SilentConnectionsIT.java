package eu.sermas.bus.systemtest.hostile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// 20,000 connections that never send CONNECT, or as many as the limit of open files allows.
class SilentConnectionsIT {

    private static final int WANTED = 20_000;

    /// What each side needs besides these connections.
    private static final int SPARE_DESCRIPTORS = 2_000;

    private static final int BETWEEN_EXCHANGES = 1_000;
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Duration EARLIEST = DEADLINE.minusMillis(200);
    private static final Duration LATEST = DEADLINE.plusSeconds(30);

    @Test
    void areClosedAtTheDeadlineAndKeepNobodyOut() throws IOException {
        try (var bus =
                        BusProcess.open()
                                .set("limits.connect-timeout", DEADLINE.toSeconds() + "s")
                                .set("limits.connections-per-second", 1_000_000)
                                .start();
                var healthy = HealthyClients.connect(bus.port(), "silent");
                var selector = Selector.open()) {
            int count = Math.min(WANTED, openFiles() - SPARE_DESCRIPTORS);
            try {
                long start = System.nanoTime();
                int closed = openAll(count, bus.port(), selector, healthy);
                while (closed < count && since(start).compareTo(LATEST) < 0) {
                    healthy.exchange();
                    closed += closed(selector);
                }
                assertThat(closed).isEqualTo(count);
            } finally {
                closeAll(selector);
            }
            try (var late = RawClient.open(bus.port())) {
                late.connect(Connect.v5("late"));
                late.disconnect();
            }
            healthy.exchange();
            bus.expectAlive();
        }
    }

    /// @return how many the bus has closed meanwhile, where this machine is too slow to open them
    ///   all before the deadline of the first
    private static int openAll(int count, int port, Selector selector, HealthyClients healthy)
            throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        int closed = 0;
        for (int i = 0; i < count; i++) {
            long opened = System.nanoTime();
            var channel = SocketChannel.open(address);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, opened);
            if (i % BETWEEN_EXCHANGES == 0) {
                healthy.exchange();
                closed += closed(selector);
            }
        }
        return closed;
    }

    /// Takes those out that the bus has closed meanwhile, none of them before its time.
    private static int closed(Selector selector) throws IOException {
        var nothing = ByteBuffer.allocate(1);
        int closed = 0;
        selector.selectNow();
        for (var key : selector.selectedKeys()) {
            var channel = (SocketChannel) key.channel();
            assertThat(channel.read(nothing)).as("end of the connection").isEqualTo(-1);
            assertThat(since((long) requireNonNull(key.attachment()))).isGreaterThan(EARLIEST);
            channel.close();
            closed++;
        }
        selector.selectedKeys().clear();
        return closed;
    }

    private static void closeAll(Selector selector) throws IOException {
        for (var key : selector.keys()) {
            key.channel().close();
        }
    }

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }

    /// How many files this process, and with it the bus that it starts, may have open.
    private static int openFiles() throws IOException {
        try (var limits = Files.lines(Path.of("/proc/self/limits"))) {
            return limits.filter(line -> line.startsWith("Max open files"))
                    .mapToInt(line -> Integer.parseInt(line.split(" {2,}", -1)[2]))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
