package eu.sermas.bus.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.Store.Family;
import eu.sermas.bus.store.rocksdb.RocksStore;
import eu.sermas.bus.store.rocksdb.StoredRecords;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectionTest {

    @TempDir private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void sumsUpEveryFamily() {
        write(
                new Batch()
                        .put(Family.APP, new byte[3], new byte[4])
                        .put(Family.APP, new byte[2], new byte[1]));
        assertThat(inspect(Inspection::summary, false)).isZero();

        assertThat(out.toString().lines()).hasSize(Family.values().length);
        assertThat(out.toString()).containsPattern("(?m)^APP +2 records +10 bytes$");
    }

    @Test
    void writesJsonByTheLine() {
        write(new Batch().put(Family.APP, new byte[3], new byte[4]));
        inspect(Inspection::summary, true);

        assertThat(out.toString().lines())
                .contains("{\"family\":\"APP\",\"records\":1,\"bytes\":7}");
    }

    @Test
    void namesWhatItCannotReadAndGoesOn() {
        write(
                new Batch()
                        .put(Family.SESSION, new byte[] {0, 0, 0, 0, 0, 0, 0, 1}, new byte[] {99})
                        .put(Family.SESSION, new byte[] {2}, new byte[0])
                        .put(Family.RETAINED, "topic".getBytes(UTF_8), new byte[] {1, 9}));

        assertThat(inspect(Inspection::sessions, false)).isEqualTo(2);
        assertThat(inspect(Inspection::queues, false)).isEqualTo(2);
        assertThat(inspect(Inspection::retained, false)).isEqualTo(1);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString())
                .contains("damaged record, left out: SESSION 0000000000000001: ")
                .contains("damaged record, left out: RETAINED 746f706963: ");
    }

    @Test
    void whatClientsMadeUpCannotMoveTheCursor() {
        assertThat(Text.printable("a\u001b[2Jb\nc\u202ed é"))
                .isEqualTo("a\\u001b[2Jb\\u000ac\\u202ed é");
    }

    @Test
    void payloadsAreTextOrBase64() {
        assertThat(Text.payload("é".getBytes(UTF_8))).isEqualTo("é");
        assertThat(Text.payload(new byte[] {(byte) 0xff, 0})).isEqualTo("base64:/wA=");
    }

    private long inspect(Consumer<Inspection> what, boolean json) {
        Report report = new Report(new PrintWriter(out, true), new PrintWriter(err, true), json);
        try (StoredRecords records = StoredRecords.open(directory)) {
            what.accept(new Inspection(records, new Selection(null, null, 10, false), report));
        }
        return report.damaged();
    }

    private void write(Batch batch) {
        try (Store store = RocksStore.open(directory)) {
            store.commit(batch).toCompletableFuture().join();
        }
    }
}
