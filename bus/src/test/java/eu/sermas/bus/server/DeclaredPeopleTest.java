package eu.sermas.bus.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.config.CommandLineValue;
import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.ConfigurationLoader;
import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.rocksdb.RocksStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `check-config` and `serve` say the same of owners and members who are no users.
class DeclaredPeopleTest {

    private static final String GONE =
            "app museum: ownerId: 'gone' is no user (expected: the id of an account, or"
                    + " {issuer}:{sub})";
    private static final String STRANGER = GONE.replace("ownerId: 'gone'", "members: 'other:x'");
    private static final String LATER = GONE.replace("ownerId: 'gone'", "members: 'later'");

    @TempDir private Path directory;

    private Configuration configuration() throws Exception {
        Path file =
                Files.writeString(
                        directory.resolve("bus.yaml"),
                        """
                        identity:
                          issuers:
                            - {name: partner, issuer: "https://login.example.org",
                               audiences: [bus], apps: [museum]}
                        apps:
                          - {appId: museum, ownerId: gone, members: ["partner:y", "other:x", later]}
                          - {appId: shop}
                        """);
        return ConfigurationLoader.load(
                file,
                Map.of(),
                List.of(
                        new CommandLineValue(
                                "data-dir", directory.resolve("data").toString(), "--data-dir")));
    }

    @Test
    void whoIsNoUserIsNamed() throws Exception {
        Configuration configuration = configuration();
        assertThat(StartChecks.warnings(configuration))
                .as("before the first start")
                .containsExactly(GONE, STRANGER, LATER);
        try (Store store = RocksStore.open(directory.resolve("data"))) {
            store.commit(new Batch().put(Store.Family.USER, "later".getBytes(UTF_8), new byte[1]))
                    .toCompletableFuture()
                    .join();
            assertThat(StartChecks.warnings(configuration))
                    .as("beside a bus that runs")
                    .containsExactly(GONE, STRANGER)
                    .isEqualTo(DeclaredPeople.unknown(configuration, "later"::equals));
        }
    }
}
