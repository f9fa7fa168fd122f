package eu.sermas.bus.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {

    private static final InstantSource CLOCK = InstantSource.system();
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private Path directory;

    @Test
    void isOneObjectALineForItsOwnerOnly() throws Exception {
        Path file = directory.resolve("made/audit.log");
        try (AuditLog log = AuditLog.toFile(file, 1_000_000, 2, CLOCK)) {
            log.add(entry("client-changed", Map.of("app", "a", "permissions", List.of("ui"))));
            log.add(new AuditEntry(0, "user-created", "", "", Map.of()));
        }
        List<String> lines = Files.readAllLines(file);
        assertThat(lines)
                .containsExactly(
                        "{\"ts\":\"1970-01-01T00:00:00Z\",\"event\":\"client-changed\",\"actor\":\"user:u\","
                                + "\"address\":\"::1\",\"app\":\"a\",\"permissions\":[\"ui\"]}",
                        "{\"ts\":\"1970-01-01T00:00:00Z\",\"event\":\"user-created\"}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void nothingThatIsLoggedCanLookLikeALineOrAnEscape() throws Exception {
        String hostile = "x\n{\"event\":\"token-issued\"}\r\u0085\u2028\u001b[2J\u202e\"\\";
        Path file = directory.resolve("audit.log");
        try (AuditLog log = AuditLog.toFile(file, 1_000_000, 2, CLOCK)) {
            log.add(new AuditEntry(0, "denied", hostile, hostile, Map.of("topic", hostile)));
        }
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i < bytes.length - 1; i++) {
            assertThat(bytes[i]).isBetween((byte) 0x20, (byte) 0x7e);
        }
        JsonNode line = JSON.readTree(bytes);
        assertThat(line.get("topic").asText()).isEqualTo(hostile);
        assertThat(line.get("event").asText()).isEqualTo("denied");
    }

    /// Nobody takes anything, and each entry is large.
    @Test
    void whatWaitsIsBoundedInBytes() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        OutputStream closed =
                new OutputStream() {
                    @Override
                    public void write(int b) {}

                    @Override
                    public void write(byte[] bytes, int from, int length) throws IOException {
                        try {
                            open.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                    }
                };
        try (AuditLog log = AuditLog.toStream(closed, CLOCK)) {
            List<String> permissions = List.of("x".repeat(100_000), "y".repeat(100_000));
            for (int i = 0; i < 100; i++) {
                log.add(entry("client-changed", Map.of("permissions", permissions)));
            }
            assertThat(log.lost()).isBetween(75L, 85L);
            open.countDown();
        }
    }

    @Test
    void isPutAsideBySizeAndTheOldestGoes() throws Exception {
        Path file = directory.resolve("audit.log");
        try (AuditLog log = AuditLog.toFile(file, 1_000, 2, CLOCK)) {
            for (int i = 0; i < 100; i++) {
                log.add(entry("e" + i, Map.of()));
            }
        }
        try (var files = Files.list(directory)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("audit.log", "audit.log.1", "audit.log.2");
        }
        List<String> events = new ArrayList<>();
        for (String name : List.of("audit.log.2", "audit.log.1", "audit.log")) {
            assertThat(Files.size(directory.resolve(name))).isLessThanOrEqualTo(1_000);
            for (String line : Files.readAllLines(directory.resolve(name))) {
                events.add(JSON.readTree(line).get("event").asText());
            }
        }
        assertThat(events)
                .endsWith("e98", "e99")
                .isSortedAccordingTo((a, b) -> Integer.compare(number(a), number(b)));
    }

    private static int number(String event) {
        return Integer.parseInt(event.substring(1));
    }

    @Test
    void goesOnBehindWhatIsThere() throws Exception {
        Path file = directory.resolve("audit.log");
        for (int i = 0; i < 2; i++) {
            try (AuditLog log = AuditLog.toFile(file, 1_000_000, 2, CLOCK)) {
                log.add(entry("e" + i, Map.of()));
            }
        }
        assertThat(Files.readAllLines(file)).hasSize(2);
    }

    @Test
    void neverWaitsAndSaysHowMuchItHasLost() throws Exception {
        Gate out = new Gate();
        int all = 20_000;
        try (AuditLog log = AuditLog.toStream(out, CLOCK)) {
            for (int i = 0; i < all; i++) {
                log.add(entry("e", Map.of()));
            }
            assertThat(log.lost()).isPositive();
            long lost = log.lost();
            out.open.countDown();
            await().until(() -> out.lines("\"event\":\"e\"") == all - lost);
            log.add(entry("later", Map.of()));
            await().until(() -> out.lines("later") == 1);
            assertThat(lostIn(out.text())).isEqualTo(lost);
        }
    }

    /// In one line or in several: the writer may have begun while entries were still being lost.
    private static long lostIn(String text) throws Exception {
        long lost = 0;
        for (String line : text.lines().toList()) {
            JsonNode entry = JSON.readTree(line);
            lost +=
                    entry.get("event").asText().equals("entries-lost")
                            ? entry.get("count").asLong()
                            : 0;
        }
        return lost;
    }

    @Test
    void aFailureIsCountedAndOver() throws Exception {
        Gate out = new Gate();
        out.open.countDown();
        out.broken = true;
        try (AuditLog log = AuditLog.toStream(out, CLOCK)) {
            log.add(entry("lost", Map.of()));
            await().until(() -> log.lost() == 1);
            out.broken = false;
            log.add(entry("kept", Map.of()));
            await().until(() -> out.lines("kept") == 1);
            assertThat(out.text()).contains("entries-lost").doesNotContain("\"lost\"");
        }
    }

    private static AuditEntry entry(String event, Map<String, Object> details) {
        return new AuditEntry(0, event, "user:u", "::1", details);
    }

    /// Takes nothing until it is opened.
    private static final class Gate extends OutputStream {
        private final CountDownLatch open = new CountDownLatch(1);
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private volatile boolean broken;

        @Override
        public void write(int b) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(byte[] bytes) throws IOException {
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (broken) {
                throw new IOException("no space");
            }
            taken.write(bytes);
        }

        String text() {
            return taken.toString(StandardCharsets.US_ASCII);
        }

        long lines(String part) {
            return text().lines().filter(line -> line.contains(part)).count();
        }
    }
}
