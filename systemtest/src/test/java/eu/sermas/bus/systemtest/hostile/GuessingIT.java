package eu.sermas.bus.systemtest.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.BusProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// Guesses at the secret of a client, by every way on which one is compared: ten are made at once,
/// and then one every six seconds.
class GuessingIT {

    /// Fewer than twice as many as are looked at.
    private static final int TRIES = 19;

    private static final int AT_ONCE = 10;
    private static final int SECONDS_FOR_ONE_MORE = 6;
    private static final int NO = 401;
    private static final int NOT_NOW = 429;

    private static final BusProcess BUS = BusProcess.serve().start();
    private static final Apps APPS = Apps.of(BUS);

    @AfterAll
    static void stop() {
        BUS.close();
    }

    private static int guess(String path, Map<String, String> body) {
        return BUS.rest().post(path, body).status();
    }

    private static int guess(String appId, String clientId, int number) {
        return guess(
                "/api/platform/token",
                Map.of(
                        "appId",
                        appId,
                        "clientId",
                        clientId,
                        "clientSecret",
                        "guess-number-" + number));
    }

    /// Guesses, and expects that no more are looked at than may be, however long it takes.
    ///
    /// @param guess takes a number and gives the status of the answer
    private static void expectFew(IntUnaryOperator guess) {
        long begin = System.nanoTime();
        int made = 0;
        for (int i = 0; i < TRIES; i++) {
            int status = guess.applyAsInt(i);
            assertThat(status).isIn(NO, NOT_NOW);
            made += status == NO ? 1 : 0;
        }
        long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
        assertThat(made)
                .as("guesses in %d s", seconds)
                .isBetween(AT_ONCE, AT_ONCE + 1 + (int) seconds / SECONDS_FOR_ONE_MORE);
    }

    @Test
    void bothNamesOfAClientAreOneIdentity() {
        APPS.make("names", "nobody", Map.of("kiosk", List.of("ui")));
        expectFew(i -> guess("names", i % 2 == 0 ? "kiosk" : "names-kiosk", i));
    }

    @Test
    void aRefreshTokenOpensNoOtherWayToGuess() {
        APPS.make("refresh", "nobody", Map.of("kiosk", List.of("ui")));
        var token = APPS.tokens("refresh", "kiosk").path("refresh_token").asText();
        var paths = List.of("/api/auth/refresh", "/api/platform/token/refresh");
        expectFew(
                i ->
                        i % 3 == 0
                                ? guess("refresh", "kiosk", i)
                                : guess(
                                        paths.get(i % 2),
                                        Map.of("refreshToken", token, "clientSecret", "no-" + i)));
    }

    /// `comp-a` + `b` and `comp` + `a-b` have one composite id and nothing else in common.
    @Test
    void twoClientsWithOneCompositeIdDoNotKnowOfEachOther() {
        APPS.make("comp-a", "nobody", Map.of("b", List.of("ui")));
        APPS.make("comp", "nobody", Map.of("a-b", List.of("dialogue")));
        for (var appId : List.of("comp-a", "comp")) {
            var token = APPS.token(appId, "comp-a-b");
            assertThat(Apps.claim(token, "azp")).isEqualTo("comp-a-b");
            BUS.rest().as(token).get("/api/auth/whoami").expect(200);
        }
        expectFew(i -> guess("comp-a", "comp-a-b", i));
        assertThat(APPS.token("comp", "a-b")).isNotEmpty();
    }
}
