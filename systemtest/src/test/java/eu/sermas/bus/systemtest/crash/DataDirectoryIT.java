package eu.sermas.bus.systemtest.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/// Data that the bus must not touch: it says so in one line and ends.
class DataDirectoryIT {

    private static final int FAILURE = 1;

    @Test
    void whatAnotherProcessUsesIsRefused() {
        try (var first = BusProcess.open().start();
                var second =
                        BusProcess.open().option("--data-dir", first.dataDirectory()).launch()) {
            assertRefused(second, "data directory in use");
            first.expectAlive();
            first.rest().get("/health/ready").expect(200);
        }
    }

    @Test
    void damagedDataIsRefused() throws IOException {
        var builder = BusProcess.open();
        try (var bus = builder.start()) {
            bus.stop();
            spoil(find(bus.dataDirectory(), "MANIFEST-"));
            bus.relaunch();
            assertRefused(bus, "damaged");
        }
    }

    @Test
    void whatANewerVersionHasWrittenIsRefused() throws Exception {
        try (var bus = BusProcess.open().start()) {
            bus.stop();
            setFormat(bus.dataDirectory().resolve("db"), "999");
            bus.relaunch();
            assertRefused(bus, "newer version");
        }
    }

    /// Changes the record that says which version can read the others.
    private static void setFormat(Path records, String format) throws RocksDBException {
        RocksDB.loadLibrary();
        try (var families = new ColumnFamilyOptions();
                var options = new DBOptions();
                var any = new Options()) {
            var descriptors =
                    RocksDB.listColumnFamilies(any, records.toString()).stream()
                            .map(name -> new ColumnFamilyDescriptor(name, families))
                            .toList();
            var handles = new ArrayList<ColumnFamilyHandle>();
            try (var db = RocksDB.open(options, records.toString(), descriptors, handles)) {
                for (var handle : handles) {
                    if (new String(handle.getName(), UTF_8).equals("META")) {
                        db.put(handle, "format".getBytes(UTF_8), format.getBytes(UTF_8));
                    }
                    handle.close();
                }
            }
        }
    }

    private static Path find(Path directory, String name) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void spoil(Path path) throws IOException {
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(file.length() / 2);
            file.write(new byte[] {'s', 'p', 'o', 'i', 'l', 't'});
        }
    }

    private static void assertRefused(BusProcess bus, String why) {
        assertThat(bus.exitStatus()).as("exit status\n%s", bus.printed()).isEqualTo(FAILURE);
        assertThat(bus.printed().lines().filter(line -> line.contains(why)))
                .as("lines with '%s' in\n%s", why, bus.printed())
                .hasSize(1)
                .first()
                .asString()
                .contains("data directory");
        bus.expectCleanOutput();
    }
}
