package eu.sermas.bus.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jwt.SignedJWT;
import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.identity.TokenService.LoginRequest;
import eu.sermas.bus.identity.TokenService.RefreshRequest;
import eu.sermas.bus.identity.TokenService.TokenRequest;
import eu.sermas.bus.identity.secret.Secrets;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.memory.MemoryStore;
import eu.sermas.bus.time.BusClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Identity over a store in memory, with a clock that stands still until it is told, and the app
/// `myapp` of alice.
final class Bench implements InstantSource {

    static final String SECRET = "secret-password";

    /// Shared, because making a key takes its time.
    private static final Path KEYS = temporaryDirectory();

    private static Path temporaryDirectory() {
        try {
            Path directory = Files.createTempDirectory("bench");
            directory.toFile().deleteOnExit();
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static final String ADDRESS = "127.0.0.1";

    final Store store;
    final IdentitySettings settings;
    final Metrics metrics = new Metrics();
    final List<IdentityEvent> events = new CopyOnWriteArrayList<>();
    final Identity identity;
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private Instant now = START;

    Bench() {
        this(
                new MemoryStore(),
                IdentitySettings.DEFAULTS
                        .withDataDirectory(KEYS)
                        .withSystemClients(Map.of("platform", "top-secret")));
    }

    Bench(Store store, IdentitySettings settings) {
        this.store = store;
        this.settings = settings;
        this.identity =
                Identity.open(
                        store,
                        settings,
                        RegistryLimits.DEFAULT,
                        BusClock.of(this::millis, this::millis, null),
                        metrics,
                        LiveCatalogue.standard(),
                        events::add,
                        new Secrets(64, 1));
    }

    /// With the app, its clients `c1` (dialogue, platform.token) and `c2` (ui), and the module
    /// `avatar`; and the users alice, its owner, bob, and root, the administrator.
    static Bench withApp() {
        Bench bench = new Bench();
        String alice = bench.createUser("alice", List.of());
        bench.createUser("bob", List.of());
        bench.createUser("root", List.of("platform-admin"));
        done(bench.identity.registry().createApp(bench.app("myapp", alice)));
        bench.events.clear();
        return bench;
    }

    String createUser(String name, List<String> roles) {
        return done(identity.users()
                        .create(
                                new NewUser(
                                        null,
                                        name,
                                        null,
                                        "pw-" + name,
                                        null,
                                        null,
                                        null,
                                        roles,
                                        null)))
                .userId();
    }

    /// An app that everybody with an account may enter.
    App app(String appId, String ownerId) {
        return new App(
                appId,
                true,
                "An app",
                null,
                ownerId,
                List.of(module("avatar", "dialogue", "detection.user", "performance")),
                List.of(client("c1", "dialogue.messages", "platform.token"), client("c2", "ui.*")),
                null,
                null,
                null,
                null,
                null,
                null,
                Map.of());
    }

    static AppClient client(String id, String... permissions) {
        return new AppClient(null, null, id, SECRET, List.of(permissions));
    }

    static AppModule module(String id, String... supports) {
        return new AppModule(null, id, null, null, null, List.of(supports), null, SECRET, Map.of());
    }

    @Override
    public Instant instant() {
        return now;
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    Outcome<TokenResponse> request(String appId, String clientId, @Nullable String secret) {
        return identity.tokens().token(new TokenRequest(appId, clientId, secret), null, ADDRESS);
    }

    Outcome<TokenResponse> requestWith(String bearer, String appId, String clientId) {
        return identity.tokens().token(new TokenRequest(appId, clientId, ""), bearer, ADDRESS);
    }

    TokenResponse token(String appId, String clientId) {
        return done(request(appId, clientId, SECRET));
    }

    TokenResponse login(String user, @Nullable String appId, @Nullable String clientId) {
        return done(
                identity.tokens()
                        .login(new LoginRequest(user, "pw-" + user, appId, clientId), ADDRESS));
    }

    Outcome<TokenResponse> refresh(String refreshToken) {
        return identity.tokens()
                .refresh(new RefreshRequest(refreshToken, null, null, null), null, ADDRESS);
    }

    Login accepted(TokenResponse response) {
        return identity.verifier()
                .authenticate(response.accessToken(), new byte[0])
                .toCompletableFuture()
                .join();
    }

    @Nullable String refusalOf(@Nullable String userName, byte @Nullable [] password) {
        return identity.verifier()
                .authenticate(userName, password)
                .handle((_, failure) -> messageOf(failure))
                .toCompletableFuture()
                .join();
    }

    private static @Nullable String messageOf(@Nullable Throwable failure) {
        return failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause().getMessage()
                : failure == null ? null : failure.getMessage();
    }

    Map<String, Object> claimsOf(TokenResponse response) {
        try {
            return SignedJWT.parse(response.accessToken()).getJWTClaimsSet().getClaims();
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }

    static <T> T done(Outcome<T> outcome) {
        return switch (outcome) {
            case Outcome.Done<T>(T value) -> value;
            case Outcome.Refused<T>(Refusal refusal) -> throw new AssertionError(refusal);
        };
    }

    static Refusal refused(Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        return ((Outcome.Refused<?>) outcome).refusal();
    }

    /// Everything that is in the store, as text.
    String storedText() {
        StringBuilder text = new StringBuilder();
        for (Store.Family family :
                List.of(Store.Family.APP, Store.Family.USER, Store.Family.REFRESH_TOKEN)) {
            store.scan(
                    family,
                    new byte[0],
                    (_, value) -> {
                        text.append(Json.read(value, JsonNode.class)).append('\n');
                        return true;
                    });
        }
        return text.toString();
    }
}
