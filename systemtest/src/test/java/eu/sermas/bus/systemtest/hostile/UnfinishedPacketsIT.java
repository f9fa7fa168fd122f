package eu.sermas.bus.systemtest.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.Ack;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Type;
import eu.sermas.bus.systemtest.raw.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Packets that begin and do not end, from many connections at once. Whoever sends whole packets
/// must not notice, whether connected before or coming now, over MQTT or HTTP.
///
/// Nobody has to log in here, so that all come by one address; the topics of `$SYS` are those
/// without a right.
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit calls start() first
class UnfinishedPacketsIT {

    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;
    private static final int PIECE = 64 * KIB;
    private static final int NOT_AUTHORIZED = 0x87;
    private static final int KEEP_ALIVE_TIMEOUT = 0x8D;

    /// The heap, as much outside of it, and the virtual machine itself; less than what is sent.
    private static final long RESIDENT_MEBIBYTES = 900;

    private BusProcess bus;
    private HealthyClients healthy;
    private int late;

    @BeforeAll
    void start() {
        bus =
                BusProcess.open()
                        .java("-Xmx512m")
                        .set("limits.packet-timeout", "3s")
                        .set("tls.self-signed", true)
                        .set("limits.connections-per-second", 100_000)
                        .start();
        healthy = HealthyClients.connect(bus.port(), "unfinished");
    }

    @AfterEach
    void nobodyElseHasNoticed() {
        everybodyIsServed();
        bus.expectAlive();
        assertThat(bus.residentMebibytes()).isLessThan(RESIDENT_MEBIBYTES);
    }

    @AfterAll
    void stop() {
        healthy.close();
        bus.close();
    }

    private void everybodyIsServed() {
        healthy.exchange();
        try (var client = RawClient.open(bus.port())) {
            client.connect(Connect.v5("late" + late++));
            client.disconnect();
        }
        assertThat(bus.rest().get("/health/ready").status()).isEqualTo(200);
    }

    /// As many connections as there are, each sending the same until the bus takes no more.
    private final class Flood implements AutoCloseable {
        private final List<SocketChannel> channels = new ArrayList<>();

        Flood(int connections, byte[]... pieces) {
            for (int i = 0; i < connections; i++) {
                channels.add(sent(pieces));
                if (i % 400 == 0) {
                    everybodyIsServed();
                }
            }
            everybodyIsServed();
        }

        private SocketChannel sent(byte[]... pieces) {
            try {
                var channel = SocketChannel.open();
                channel.setOption(StandardSocketOptions.SO_SNDBUF, MIB);
                channel.connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), bus.port()));
                channel.configureBlocking(false);
                for (var piece : pieces) {
                    write(channel, ByteBuffer.wrap(piece));
                }
                return channel;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void write(SocketChannel channel, ByteBuffer bytes) {
            try {
                int refused = 0;
                while (bytes.hasRemaining() && refused < 20) {
                    var piece = bytes.slice(bytes.position(), Math.min(PIECE, bytes.remaining()));
                    int written = channel.write(piece);
                    bytes.position(bytes.position() + written);
                    refused += written == 0 ? 1 : 0;
                }
            } catch (IOException _) {
                // The bus has closed it.
            }
        }

        @Override
        public void close() {
            for (var channel : channels) {
                try {
                    channel.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /// A packet of so many bytes that begins like this, less the last byte.
    private static byte[] unfinished(Type type, int flags, Bytes begin, int size) {
        var body = begin.toArray();
        int length = size - 1 - Bytes.bytes().varint(size).toArray().length;
        var packet = Bytes.bytes().u8(type.firstByte(flags)).varint(length).raw(body).toArray();
        return Arrays.copyOf(packet, size - 1);
    }

    @Test
    void unfinishedConnects() {
        var begin = Bytes.bytes().text("MQTT").u8(5).u8(0xC2).u16(60).u8(0).text("unfinished");
        try (var flood = new Flood(1_200, unfinished(Type.CONNECT, 0, begin, 512 * KIB))) {
            everybodyIsServed();
            assertThat(flood.channels).hasSize(1_200);
        }
    }

    /// What else is read before anybody is known: a TLS handshake, the head of a request, and a
    /// CONNECT in frames.
    @ParameterizedTest
    @CsvSource({
        "16 0301 3fff 01 003ffb 0303,                                  16_000",
        "'\"GET /health HTTP/1.1\" 0d0a \"X: \"',                    60_000",
        "'\"GET /mqtt HTTP/1.1\" 0d0a \"Host: x\" 0d0a \"Cookie: \"', 60_000",
    })
    void unfinishedBeginningsOfOtherProtocols(String begin, int size) {
        var filled = Arrays.copyOf(Notation.parse(begin), size);
        Arrays.fill(filled, Notation.parse(begin).length, size, (byte) 'a');
        try (var flood = new Flood(1_000, filled)) {
            everybodyIsServed();
            assertThat(flood.channels).hasSize(1_000);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SUBSCRIBE, 2, 80",
        "AUTH, 0, 80",
        "PUBLISH, 0, 120",
    })
    void unfinishedPacketsBehindTheLogin(Type type, int flags, int connections) {
        var begin = Bytes.bytes().u16(5).raw("topic".getBytes(UTF_8));
        var connect = Connect.v5("").keepAlive(0).bytes();
        var packet = unfinished(type, flags, type == Type.PUBLISH ? begin.u8(0) : begin, 8 * MIB);
        try (var flood = new Flood(connections, connect, packet)) {
            everybodyIsServed();
            assertThat(flood.channels).hasSize(connections);
        }
    }

    @Test
    void unfinishedMessagesWithoutARight() {
        var begin = Bytes.bytes().text("$SYS/nobody/may").u8(0);
        var packet = unfinished(Type.PUBLISH, 0, begin, 15 * MIB);
        var connect = Connect.v5("").keepAlive(0).bytes();
        try (var flood = new Flood(60, connect, packet)) {
            everybodyIsServed();
            assertThat(flood.channels).hasSize(60);
        }
    }

    /// Begins with any packet, of any size, and ends anywhere.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anyUnfinishedPackets(long seed) {
        var random = new Random(seed);
        int count = Integer.getInteger("hostile.unfinished", 40);
        var floods = new ArrayList<Flood>();
        for (int i = 0; i < count; i++) {
            var type = Type.values()[1 + random.nextInt(Type.values().length - 1)];
            int size = 16 + random.nextInt(1 << (5 + random.nextInt(18)));
            int flags = type == Type.SUBSCRIBE || type == Type.UNSUBSCRIBE ? 2 : 0;
            var packet = unfinished(type, flags, Bytes.bytes().text("t"), size);
            var part = Arrays.copyOf(packet, 1 + random.nextInt(packet.length));
            var login = Connect.v5("").keepAlive(0).bytes();
            floods.add(random.nextBoolean() ? new Flood(3, part) : new Flood(3, login, part));
        }
        everybodyIsServed();
        floods.forEach(Flood::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {"topic", "$SYS/nobody/may"})
    void aMessageThatDoesNotGoOnIsEndedAtItsDeadline(String topic) {
        try (var client = RawClient.open(bus.port())) {
            client.connect(Connect.v5("stands still").keepAlive(0));
            client.send(unfinished(Type.PUBLISH, 0, Bytes.bytes().text(topic).u8(0), 10 * KIB));
            client.expectDisconnect(KEEP_ALIVE_TIMEOUT);
        }
    }

    /// Three of them are all that one owner may have: the next waits, and gets through when they
    /// are gone.
    @Test
    void whoHasMoreBegunThanItsPartWaits() {
        var packet = unfinished(Type.PUBLISH, 0, Bytes.bytes().text("topic").u8(0), 15 * MIB);
        var clients = IntStream.range(0, 3).mapToObj(_ -> RawClient.open(bus.port())).toList();
        for (int i = 0; i < clients.size(); i++) {
            clients.get(i).connect(Connect.v5("greedy" + i).keepAlive(0));
            clients.get(i).send(Arrays.copyOf(packet, 10 * KIB));
        }
        try (var next = RawClient.open(bus.port())) {
            next.connect(Connect.v5("next").keepAlive(0));
            var message = Publish.to("topic", new byte[15 * MIB]).qos(1, 1).bytes(Version.V5);
            next.send(Arrays.copyOf(message, 20 * KIB));
            clients.forEach(RawClient::drop);
            next.send(Arrays.copyOfRange(message, 20 * KIB, message.length));
            next.expectAck(Type.PUBACK, 1);
            next.disconnect();
        }
    }

    /// What a client sees of a refused message is the same whether it comes in one piece or in
    /// many.
    @Test
    void aRefusedMessageIsAnsweredWhenItHasEnded() {
        try (var client = RawClient.open(bus.port())) {
            client.connect(Connect.v5("refused").keepAlive(0));
            var once = Publish.to("$SYS/nobody/may", new byte[MIB]).qos(1, 1);
            inPieces(client, once.bytes(Version.V5));
            assertThat(client.expect(Ack.class).reason()).isEqualTo(NOT_AUTHORIZED);
            var twice = Publish.to("$SYS/nobody/may", new byte[MIB]).qos(2, 2);
            inPieces(client, twice.bytes(Version.V5));
            var answer = client.expect(Ack.class);
            assertThat(answer.type()).isEqualTo(Type.PUBREC);
            assertThat(answer.reason()).isEqualTo(NOT_AUTHORIZED);
            client.publish(Publish.to("free", "and on").qos(2));
            client.disconnect();
        }
    }

    private static void inPieces(RawClient client, byte[] bytes) {
        for (int at = 0; at < bytes.length; at += 100 * KIB) {
            client.send(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 100 * KIB)));
        }
    }
}
