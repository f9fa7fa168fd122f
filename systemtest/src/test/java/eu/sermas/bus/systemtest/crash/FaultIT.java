package eu.sermas.bus.systemtest.crash;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.Rest;
import eu.sermas.bus.systemtest.crash.FaultyDisk.Call;
import eu.sermas.bus.systemtest.crash.FaultyDisk.Errno;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.Ack;
import eu.sermas.bus.systemtest.raw.Property;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Reasons;
import eu.sermas.bus.systemtest.raw.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A disk that fails under a running bus. Whoever publishes what has to be kept is told, everything
/// else goes on, and the bus finds back by itself.
@EnabledOnOs(OS.LINUX)
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit calls start() and connect() first
class FaultIT {

    private static final int IMPLEMENTATION_SPECIFIC = 0x83;
    private static final Duration WELL_AGAIN_WITHIN = Duration.ofSeconds(10);

    /// @param name as an operator would say it
    record Fault(String name, Errno errno, Call... calls) {

        @Override
        public String toString() {
            return name;
        }
    }

    private BusProcess bus;
    private FaultyDisk disk;
    private Rest admin;
    private RawClient publisher;
    private int lastPacketId;

    static Stream<Fault> faults() {
        return Stream.of(
                new Fault("disk full", Errno.ENOSPC, Call.WRITE),
                new Fault("read-only", Errno.EROFS, Call.WRITE, Call.SYNC, Call.NAME),
                new Fault("write error", Errno.EIO, Call.WRITE),
                new Fault("sync error", Errno.EIO, Call.SYNC),
                new Fault("everything fails", Errno.EIO, Call.values()));
    }

    @BeforeAll
    void start() throws IOException {
        var builder =
                BusProcess.open().env("ADMIN_USER", "admin").env("ADMIN_PASSWORD", "a-password");
        var data = Files.createDirectories(builder.directory().resolve("data"));
        disk = new FaultyDisk(data, builder.directory());
        disk.environment().forEach(builder::env);
        bus = builder.start();
        admin = bus.rest().as(bus.rest().login("admin", "a-password"));
        try (var retaining = connect("retaining")) {
            retaining.publish(Publish.to("kept/retained", "before").retained().qos(1));
        }
        try (var away = RawClient.open(bus.port())) {
            away.connect(persistent("away"));
            away.subscribe("kept/#", 2);
            away.expectPublishes().forEach(away::acknowledge);
            away.disconnect();
        }
    }

    @AfterAll
    void stop() {
        bus.close();
    }

    @BeforeEach
    void connect() {
        publisher = connect("publisher");
    }

    @AfterEach
    void heal() {
        disk.heal();
        publisher.drop();
        awaitWell();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void publishersAreToldAndThenAllIsWellAgain(Fault fault) {
        assertThat(publish("kept/a", "before " + fault, 1).reason()).isZero();
        disk.fail(fault.errno, fault.calls);

        for (int qos = 1; qos <= 2; qos++) {
            var refusal = publish("kept/a", "during " + fault, qos);
            assertThat(refusal.reason()).isIn(IMPLEMENTATION_SPECIFIC, Reasons.QUOTA_EXCEEDED);
            assertThat(refusal.properties().text(Property.REASON_STRING)).isNotBlank();
        }
        disk.heal();
        awaitWell();

        assertThat(publish("kept/a", "after " + fault, 1).reason()).isZero();
        assertThat(receivedByWhoWasAway()).containsSubsequence("before " + fault, "after " + fault);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void olderPublishersGetNoAcknowledgement(Fault fault) {
        disk.fail(fault.errno, fault.calls);
        awaitTrouble();
        var message = Publish.to("kept/b", "from 3.1.1 " + fault).qos(1, 1);
        try (var older = RawClient.open(bus.port())) {
            older.connect(Connect.v311("older"));
            older.send(message);
            older.expectNothing();
        }
        disk.heal();
        awaitWell();
        try (var older = RawClient.open(bus.port())) {
            older.connect(Connect.v311("older"));
            older.send(message.asDup());
            older.expectAck(Type.PUBACK, 1);
        }
        assertThat(receivedByWhoWasAway()).contains("from 3.1.1 " + fault);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void whatNeedsNoDiskGoesOn(Fault fault) {
        try (var subscriber = connect("subscriber")) {
            subscriber.subscribe("fast/#", 1);
            disk.fail(fault.errno, fault.calls);
            awaitTrouble();

            publisher.publish(Publish.to("fast/a", "qos 0"));
            subscriber.expectPublish("qos 0");
            assertThat(publish("fast/a", "qos 1", 1).reason()).isZero();
            subscriber.acknowledge(subscriber.expectPublish("qos 1"));
            subscriber.subscribe("kept/retained", 0);
            subscriber.expectPublish("before");
            try (var newcomer = connect("newcomer")) {
                newcomer.expectNothing();
            }
            admin.get("/api/auth/whoami").expect(200);
            bus.rest().get("/health/live").expect(200);
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    void operatorsSeeIt(Fault fault) {
        assertThat(metric("sermas_bus_store_failing")).isZero();
        disk.fail(fault.errno, fault.calls);
        awaitTrouble();
        assertThat(bus.rest().get("/health/ready").expect(503).body())
                .contains("store")
                .containsAnyOf("no space left", "read-only", "input/output error");
        assertThat(metric("sermas_bus_store_failing")).isOne();
    }

    @Test
    void aSlowDiskDelaysAcknowledgementsAndNothingElse() {
        try (var subscriber = connect("subscriber")) {
            subscriber.subscribe("fast/#", 0);
            disk.delaySyncs(1000);
            publisher.send(Publish.to("kept/slow", "slow").qos(1, ++lastPacketId));
            long begin = System.nanoTime();
            publisher.send(Publish.to("fast/a", "fast"));
            subscriber.expectPublish("fast");
            assertThat(Duration.ofNanos(System.nanoTime() - begin).toMillis()).isLessThan(900);
            assertThat(publisher.expect(Ack.class).reason()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - begin).toMillis()).isGreaterThan(900);
        }
    }

    @Test
    void oneFailedWriteIsOvercome() {
        disk.fail(Errno.EIO, Call.WRITE, 20, 1);
        int failed = disk.failed();
        for (int i = 1; disk.failed() == failed && i <= 1000; i++) {
            var _ = publish("kept/c", "message " + i, 1);
        }
        assertThat(disk.failed()).isGreaterThan(failed);
        awaitWell();
        assertThat(publish("kept/c", "after one failure", 1).reason()).isZero();
        assertThat(receivedByWhoWasAway()).contains("message 1", "after one failure");
    }

    private Ack publish(String topic, String text, int qos) {
        publisher.send(Publish.to(topic, text).qos(qos, ++lastPacketId));
        var answer = publisher.expect(Ack.class);
        if (answer.type() == Type.PUBREC && answer.reason() == 0) {
            publisher.send(Type.PUBREL, lastPacketId).expectAck(Type.PUBCOMP, lastPacketId);
        }
        return answer;
    }

    /// Everything that waits for the session which is never there else.
    private List<String> receivedByWhoWasAway() {
        try (var away = RawClient.open(bus.port())) {
            assertThat(away.connect(persistent("away")).sessionPresent()).isTrue();
            var received = away.expectPublishes();
            received.forEach(away::acknowledge);
            away.disconnect();
            return received.stream().map(Publish::text).toList();
        }
    }

    private static Connect persistent(String clientId) {
        return Connect.v5(clientId).unclean().with(Property.SESSION_EXPIRY_INTERVAL, 3600L);
    }

    private RawClient connect(String clientId) {
        var client = RawClient.open(bus.port());
        client.connect(Connect.v5(clientId));
        return client;
    }

    /// The bus knows of it once it has tried to write.
    private void awaitTrouble() {
        Awaitility.await("refused").until(() -> publish("kept/d", "trouble?", 1).reason() >= 0x80);
    }

    private void awaitWell() {
        Awaitility.await("ready").atMost(WELL_AGAIN_WITHIN).until(bus::isReady);
    }

    private double metric(String name) {
        return bus.rest()
                .get("/metrics")
                .expect(200)
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }
}
