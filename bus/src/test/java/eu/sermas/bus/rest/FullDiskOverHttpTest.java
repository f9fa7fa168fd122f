package eu.sermas.bus.rest;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.rest.http.Json;
import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.StoreException;
import eu.sermas.bus.store.Succession;
import eu.sermas.bus.store.memory.MemoryStore;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/// What becomes of the API while the disk takes nothing.
@Timeout(60)
class FullDiskOverHttpTest {

    private static final String REASON = "store: not written: no space left on device";

    /// Takes nothing while it is full.
    private static final class FullStore implements Store {

        private final MemoryStore memory = new MemoryStore();
        private volatile boolean full;

        @Override
        public byte @Nullable [] get(Family family, byte[] key) {
            return memory.get(family, key);
        }

        @Override
        public void scan(Family family, byte[] prefix, BiPredicate<byte[], byte[]> visitor) {
            memory.scan(family, prefix, visitor);
        }

        @Override
        public void scan(
                Family family, byte[] from, byte[] to, BiPredicate<byte[], byte[]> visitor) {
            memory.scan(family, from, to, visitor);
        }

        @Override
        public CompletionStage<Void> commit(Batch batch, Safety safety, Succession succession) {
            return full
                    ? CompletableFuture.failedFuture(new StoreException(REASON))
                    : memory.commit(batch, safety, succession);
        }

        @Override
        public @Nullable String failure() {
            return full ? "no space left on device" : null;
        }

        @Override
        public void close() {
            memory.close();
        }
    }

    private final FullStore store = new FullStore();
    private final Logger logger = (Logger) LoggerFactory.getLogger("eu.sermas.bus");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @AutoClose private Platform platform;

    @BeforeEach
    void start() throws Exception {
        platform = new Platform(RestLimits.DEFAULT, store);
        log.start();
        logger.addAppender(log);
        store.full = true;
    }

    @AfterEach
    void hearNoMore() {
        logger.detachAppender(log);
    }

    private HttpResponse<String> anybody(String path, String body) throws Exception {
        return platform.send("POST", path, null, body);
    }

    @Test
    void whoProvesWhoTheyAreIsGivenTokensAndMayRenewThem() throws Exception {
        HttpResponse<String> login =
                anybody("/api/auth/login", "{'username':'carol','password':'carol1'}");
        assertThat(login.statusCode()).isEqualTo(201);
        HttpResponse<String> token =
                anybody(
                        "/api/platform/token",
                        "{'appId':'alpha','clientId':'full','clientSecret':'secret'}");
        assertThat(token.statusCode()).isEqualTo(201);
        String refresh = json(token).get("refresh_token").asText();
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> renewed =
                    anybody("/api/platform/token/refresh", "{'refreshToken':'" + refresh + "'}");
            assertThat(renewed.statusCode()).as(renewed.body()).isEqualTo(201);
            refresh = json(renewed).get("refresh_token").asText();
        }
        assertThat(log.list).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST | /api/platform/app/alpha/client | {'clientId':'new','permissions':['ui']}",
                "POST | /api/auth/admin/user | {'username':'dora','password':'dora1'}",
                "DELETE | /api/platform/app/alpha/client/talk | ",
                "POST | /api/app/admin/import | [{'appId':'gamma','ownerId':'x'}]",
            })
    void whatHasToBeKeptIsRefusedForNowWithTheReason(
            String method, String path, @Nullable String body) throws Exception {
        HttpResponse<String> refused = platform.as("admin", method, path, body == null ? "" : body);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
        assertThat(json(refused).get("message").asText()).isEqualTo(REASON);
        assertThat(log.list).isEmpty();
        store.full = false;
        HttpResponse<String> done = platform.as("admin", method, path, body == null ? "" : body);
        assertThat(done.statusCode()).as(done.body()).isBetween(200, 201);
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        return Json.MAPPER.readTree(answer.body());
    }
}
