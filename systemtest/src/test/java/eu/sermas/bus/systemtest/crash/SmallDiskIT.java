package eu.sermas.bus.systemtest.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.Ack;
import eu.sermas.bus.systemtest.raw.Property;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A file system that is really full. Mounting one takes root, so elsewhere this test is skipped;
/// [FaultIT] shows the same with a disk that only says so.
@SuppressWarnings("NullAway.Init") // JUnit calls mount() first
class SmallDiskIT {

    private static final int MIB = 1024 * 1024;
    private static final int DISK_MEBIBYTES = 256;
    private static final Duration WELL_AGAIN_WITHIN = Duration.ofSeconds(10);

    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createTempDirectory("sermas-bus-disk");
        var size = "size=%dm".formatted(DISK_MEBIBYTES);
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", size, "sermas-bus-it", disk.toString()) == 0,
                "may mount a file system (needs root)");
    }

    @AfterEach
    void unmount() throws Exception {
        var _ = run("umount", "--lazy", disk.toString());
        Files.delete(disk);
    }

    @Test
    void aFullDiskStopsPublishersAndASpaciousOneLetsThemGoOn() throws Exception {
        var payload = new byte[MIB];
        int accepted = 0;
        try (var bus =
                        BusProcess.open()
                                .option("--data-dir", disk.resolve("data"))
                                .set("limits.queue.max-bytes", "1GiB")
                                .set("limits.queue.total-bytes", "1GiB")
                                .set("limits.queue.disk-bytes", "1GiB")
                                .start();
                var publisher = RawClient.open(bus.port());
                var away = RawClient.open(bus.port())) {
            away.connect(away());
            away.subscribe("big", 1);
            away.disconnect();
            publisher.connect(Connect.v5("publisher"));
            fill(disk.resolve("ballast"), 100);

            int reason = 0;
            for (int i = 1; reason == 0 && i <= DISK_MEBIBYTES; i++) {
                reason = publish(publisher, payload, i);
                accepted += reason == 0 ? 1 : 0;
            }
            assertThat(reason).isIn(0x83, 0x97);
            assertThat(accepted).isPositive();
            bus.rest().get("/health/ready").expect(503);

            Files.delete(disk.resolve("ballast"));
            Awaitility.await("ready").atMost(WELL_AGAIN_WITHIN).until(bus::isReady);
            assertThat(publish(publisher, payload, DISK_MEBIBYTES + 1)).isZero();
            accepted++;

            bus.kill();
            bus.start();
            receive(bus, accepted);
        }
    }

    private static int publish(RawClient publisher, byte[] payload, int packetId) {
        publisher.send(Publish.to("big", payload).qos(1, packetId));
        return publisher.expect(Ack.class).reason();
    }

    /// They are read from the disk as the client takes them.
    private static void receive(BusProcess bus, int messages) {
        try (var client = RawClient.open(bus.port())) {
            assertThat(client.connect(away()).sessionPresent()).isTrue();
            for (int i = 0; i < messages; i++) {
                client.acknowledge(client.expect(Publish.class));
            }
        }
    }

    private static Connect away() {
        return Connect.v5("away").unclean().with(Property.SESSION_EXPIRY_INTERVAL, 3600L);
    }

    private static void fill(Path file, int mebibytes) throws IOException {
        try (var ballast = new RandomAccessFile(file.toFile(), "rw")) {
            var zeros = new byte[MIB];
            for (int i = 0; i < mebibytes; i++) {
                ballast.write(zeros);
            }
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
