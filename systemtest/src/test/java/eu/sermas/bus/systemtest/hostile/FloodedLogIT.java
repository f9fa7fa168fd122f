package eu.sermas.bus.systemtest.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.conformance.Tokens;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.Property;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Subscribe;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that fill the log by being refused, or write into it what they like.
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit calls start() first
class FloodedLogIT {

    private static final int NOT_AUTHORIZED = 0x87;

    /// What one attack may add to the log.
    private static final int MOST = 32 * 1024;

    /// Half a character, ends of lines, marks of direction, and the control characters.
    private static final Pattern UNFIT =
            Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}&&[^\\r\\n\\t]]");

    private BusProcess bus;
    private String token;
    private int before;

    @BeforeAll
    void start() {
        var config = Objects.requireNonNull(Tokens.class.getResource("guarded.yaml")).getPath();
        bus = BusProcess.serve().option("--config", config).java("-Xmx512m").start();
        token = Tokens.fetch(bus.port(), Tokens.CLIENT);
    }

    @BeforeEach
    void measure() {
        before = bus.printed().length();
    }

    @AfterEach
    void theLogIsShortAndOthersAreServed() {
        try (var client = RawClient.open(bus.port())) {
            client.connect(login("another"));
            client.disconnect();
        }
        bus.expectAlive();
        bus.expectCleanOutput();
        var added = bus.printed().substring(before);
        assertThat(added.length()).as(() -> added.substring(0, 1_000)).isLessThan(MOST);
        assertThat(added).doesNotContainPattern(UNFIT);
    }

    @AfterAll
    void stop() {
        bus.close();
    }

    private Connect login(String clientId) {
        return Connect.v5(clientId).userName(token).password("").keepAlive(0);
    }

    /// One that is refused at once, where a wrong token is refused later each time.
    private static Connect refused(String clientId) {
        return Connect.v5(clientId).with(Property.AUTHENTICATION_METHOD, "none");
    }

    @Test
    void refusedSubscriptionsOfALongName() {
        try (var client = RawClient.open(bus.port())) {
            client.connect(login("c".repeat(60_000)));
            for (int i = 1; i <= 150; i++) {
                var subscribe = Subscribe.subscribe(i);
                for (int filter = 0; filter < 100; filter++) {
                    subscribe = subscribe.filter("a", 0);
                }
                assertThat(client.send(subscribe).expect(SubAck.class).reasons())
                        .hasSize(100)
                        .containsOnly(NOT_AUTHORIZED);
            }
        }
    }

    @Test
    void refusedMessagesToManyTopics() {
        try (var client = RawClient.open(bus.port())) {
            client.connect(login("p".repeat(60_000)));
            for (int i = 1; i <= 2_000; i++) {
                client.send(Publish.to(i + "/" + "t".repeat(1_000), "").qos(0, 0));
            }
            client.expectNothing();
        }
    }

    @Test
    void refusedConnectionsInALoop() {
        for (int i = 0; i < 300; i++) {
            try (var client = RawClient.open(bus.port())) {
                client.send(refused("looping"));
                client.expectClosed();
            }
        }
    }

    @Test
    void refusedConnectionsUnderManyNames() {
        for (int i = 0; i < 300; i++) {
            try (var client = RawClient.open(bus.port())) {
                client.send(refused(i + "n".repeat(60_000)));
                client.expectClosed();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0007\u001b[2J",
                "\r\n2026",
                "\u0085\u009b",
                "\u2028\u2029",
                "\u202e\u2066"
            })
    void namesThatImitateLines(String name) {
        try (var client = RawClient.open(bus.port())) {
            client.connect(login("x" + name + "y"));
            var answer = client.send(Subscribe.subscribe(1).filter(name, 0)).expect(SubAck.class);
            assertThat(answer.reasons()).containsExactly(NOT_AUTHORIZED);
            // Refused as a topic that nobody may have, or for want of a right.
            client.send(Publish.to("a" + name + "b", "").qos(1, 1)).next();
        }
        try (var client = RawClient.open(bus.port())) {
            client.send(refused("x" + name + "y"));
            client.expectClosed();
        }
    }

    /// Any client, any name of any length, refused in any way.
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void anythingRefused(long seed) {
        var random = new Random(seed);
        for (int i = Integer.getInteger("hostile.refused", 100); i > 0; i--) {
            var name = new StringBuilder();
            for (int length = 1 + random.nextInt(1 << (1 + random.nextInt(12)));
                    length > 0;
                    length--) {
                name.appendCodePoint(1 + random.nextInt(0xD7FF));
            }
            try (var client = RawClient.open(bus.port())) {
                if (random.nextBoolean()) {
                    client.send(refused(name.toString()));
                    client.expectClosed();
                } else {
                    client.connect(login(name.toString()));
                    client.send(Subscribe.subscribe(1).filter("a/" + plain(name), 0));
                    client.expect(SubAck.class);
                }
            }
        }
    }

    private static String plain(CharSequence name) {
        return name.toString().replaceAll("[+#/]", "");
    }
}
