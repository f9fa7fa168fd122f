package eu.sermas.bus.systemtest.crash;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Property;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Somebody sets the clock of the machine under a bus that runs, or while none does.
@SuppressWarnings("NullAway.Init") // JUnit calls start() first
class ClockIT {

    private static final long HOUR = 3600;

    private static Path file;
    private static MappedByteBuffer wrong;
    private static BusProcess bus;

    @BeforeAll
    static void start() throws IOException {
        file = Files.createTempFile("setclock", ".seconds");
        try (var channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            wrong = channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        wrong.order(ByteOrder.nativeOrder());
        bus =
                BusProcess.open()
                        .env("LD_PRELOAD", Preload.compiled("setclock").toString())
                        .env("SETCLOCK_FILE", file.toString())
                        .start();
    }

    @AfterAll
    static void stop() throws IOException {
        bus.close();
        Files.delete(file);
    }

    private static void setClock(long seconds) {
        wrong.putLong(0, seconds);
    }

    private static Connect away(String clientId, long expiry) {
        return Connect.v5(clientId).unclean().with(Property.SESSION_EXPIRY_INTERVAL, expiry);
    }

    private static void leave(Connect connect) {
        try (var client = RawClient.open(bus.port())) {
            client.connect(connect);
            client.subscribe("away", 1);
            client.disconnect();
        }
    }

    private static boolean isThere(Connect connect) {
        try (var client = RawClient.open(bus.port())) {
            return client.connect(connect).sessionPresent();
        }
    }

    /// Waits for a second by a delayed will, with which everything that was due before is done.
    private static void letASecondPass(RawClient witness, String what) {
        try (var dying = RawClient.open(bus.port())) {
            dying.connect(
                    Connect.v5("dying")
                            .with(Property.SESSION_EXPIRY_INTERVAL, 60L)
                            .will(Publish.to("will", what).with(Property.WILL_DELAY_INTERVAL, 1L)));
            dying.drop();
        }
        witness.expectPublish(what);
    }

    @Test
    void aClockThatIsSetWhileTheBusRunsChangesNothing() {
        try (var witness = RawClient.open(bus.port());
                var silent = RawClient.open(bus.port())) {
            witness.connect(Connect.v5("witness").keepAlive(60));
            witness.subscribe("will", 0);
            silent.connect(Connect.v5("silent").keepAlive(60));
            leave(away("minutes", 600));

            setClock(HOUR);
            letASecondPass(witness, "forward");
            silent.publish(Publish.to("any", "still here").qos(1, 1));
            assertThat(isThere(away("minutes", 600))).isTrue();

            setClock(-HOUR);
            letASecondPass(witness, "backward");
            leave(away("second", 1));
            letASecondPass(witness, "once more");
            letASecondPass(witness, "and again");
            assertThat(isThere(away("second", 1))).isFalse();
            setClock(0);
        }
    }

    @Test
    void aClockThatWasWrongBeforeARestartIsNotBelievedAfterIt() {
        try (var witness = RawClient.open(bus.port())) {
            witness.connect(Connect.v5("witness"));
            witness.subscribe("will", 0);
            leave(away("kept", 600));
            setClock(HOUR);
            letASecondPass(witness, "set");
            letASecondPass(witness, "and noted");
        }
        bus.kill();
        bus.start();
        assertThat(isThere(away("kept", 600))).isTrue();
        bus.kill();
        setClock(-HOUR);
        bus.start();
        assertThat(isThere(away("kept", 600))).isTrue();
        setClock(0);
    }
}
