package eu.sermas.bus.identity.remote;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Credential;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.access.Principal.Kind;
import eu.sermas.bus.identity.Authenticator;
import eu.sermas.bus.identity.LoginRefused;
import eu.sermas.bus.identity.TokenText;
import eu.sermas.bus.identity.TokenVerifier;
import eu.sermas.bus.identity.remote.Decisions.Question;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Printable;
import eu.sermas.bus.time.BusClock;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Lets somebody else decide who may come in, and what each may do: the endpoints that a Mosquitto
/// with go-auth asks in its remote JWT mode, so that this bus can take the place of such a
/// Mosquitto. Tokens of the bus itself are good as well, and nobody is asked about them.
///
/// Questions are asked when a client connects, when it subscribes, and when it publishes to a topic
/// for the first time; never for a delivery.
public final class RemoteAuthenticator implements Authenticator, AutoCloseable {

    private static final String PREFIX = "remote:";

    private final Authenticator own;
    private final RemoteSettings settings;
    private final DecisionServer server;
    private final Decisions decisions;
    private final BusClock clock;

    /// @param own knows the tokens of the bus itself
    public RemoteAuthenticator(
            Authenticator own,
            RemoteSettings settings,
            BusClock clock,
            LongSupplier nanoTime,
            Metrics metrics) {
        this.own = own;
        this.settings = settings;
        this.clock = clock;
        this.server = new DecisionServer(settings, nanoTime);
        this.decisions = new Decisions(server, settings, nanoTime);
        metrics.gauge(
                "identity.remote.failing",
                "1 while the decision server does not answer",
                () -> server.isFailing() ? 1 : 0);
    }

    /// Whether a principal was let in here. While it is away after a restart nobody can ask for its
    /// rights, since that takes its token.
    public static boolean hasLetIn(String principalId) {
        return principalId.startsWith(PREFIX);
    }

    /// Without a client identifier nothing could be asked about topics.
    @Override
    public CompletionStage<Login> authenticate(
            @Nullable String userName, byte @Nullable [] password) {
        return authenticate(userName, password, "");
    }

    @Override
    public CompletionStage<Login> authenticate(
            @Nullable String userName, byte @Nullable [] password, String clientId) {
        return own.authenticate(userName, password, clientId)
                .handle(
                        (login, refusal) ->
                                login != null
                                        ? CompletableFuture.completedStage(login)
                                        : elsewhere(userName, password, clientId))
                .thenCompose(stage -> stage);
    }

    private CompletionStage<Login> elsewhere(
            @Nullable String token, byte @Nullable [] password, String clientId) {
        if (token == null || token.isEmpty()) {
            return refused("user name: absent (expected: a token)");
        }
        if (password == null) {
            return refused("password: absent (expected: any, even an empty one)");
        }
        if (token.length() > TokenVerifier.MAX_TOKEN_LENGTH) {
            return refused("token: longer than " + TokenVerifier.MAX_TOKEN_LENGTH + " characters");
        }
        String fingerprint = fingerprint(token);
        Question known = new Question(Decisions.AUTH, fingerprint, "", "", 0);
        Question superuser = new Question(Decisions.SUPERUSER, fingerprint, "", "", 0);
        return decisions
                .decide(known, token)
                .thenCompose(
                        yes ->
                                yes
                                        ? decisions
                                                .decide(superuser, token)
                                                .thenApply(
                                                        all ->
                                                                login(
                                                                        token,
                                                                        fingerprint,
                                                                        clientId,
                                                                        all))
                                        : refused("token: refused by the decision server"))
                .exceptionallyCompose(RemoteAuthenticator::notNow);
    }

    /// That nobody answers says nothing about the token.
    private static CompletionStage<Login> notNow(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return CompletableFuture.failedFuture(
                cause instanceof RemoteUnavailableException
                        ? LoginRefused.forNow(String.valueOf(cause.getMessage()))
                        : failure);
    }

    private static CompletableFuture<Login> refused(String why) {
        return CompletableFuture.failedFuture(new LoginRefused(why));
    }

    private Login login(String token, String fingerprint, String clientId, boolean superuser) {
        Vouched vouched = Vouched.of(token, fingerprint);
        Principal principal =
                new Principal(
                        superuser ? Kind.SYSTEM : Kind.CLIENT,
                        PREFIX + vouched.id(),
                        vouched.appIds(),
                        vouched.client(),
                        vouched.user(),
                        vouched.id(),
                        Set.of());
        AccessRights rights =
                superuser
                        ? AccessRights.system()
                        : new RemoteRights(
                                decisions,
                                token,
                                fingerprint,
                                clientId,
                                vouched.appIds(),
                                vouched.expiresAt(),
                                settings.review().toMillis(),
                                clock);
        return new Login(principal, rights, vouched.expiresAt(), vouched.credential());
    }

    /// What a token says that the decision server vouches for. One that is no JWT, or whose names
    /// could not go out in a message, says nothing but that it is this one.
    private record Vouched(
            String id,
            Set<String> appIds,
            @Nullable String client,
            @Nullable String user,
            long expiresAt,
            Credential credential) {

        static Vouched of(String token, String fingerprint) {
            try {
                TokenText.check(token);
                JWTClaimsSet claims = JWTParser.parse(token).getJWTClaimsSet();
                String azp = claims.getStringClaim("azp");
                String sub = claims.getSubject();
                if (azp == null && sub == null) {
                    return unread(fingerprint);
                }
                List<String> apps = claims.getStringListClaim("appId");
                Set<String> appIds = apps == null ? Set.of() : Set.copyOf(apps);
                if (!isPlain(azp)
                        || !isPlain(sub)
                        || !appIds.stream().allMatch(Printable::isPlain)) {
                    return unread(fingerprint);
                }
                return new Vouched(
                        (azp == null ? "" : azp) + "/" + (sub == null ? "" : sub),
                        appIds,
                        azp,
                        sub,
                        claims.getExpirationTime() == null
                                ? Long.MAX_VALUE
                                : claims.getExpirationTime().toInstant().toEpochMilli(),
                        credential(claims, appIds, azp == null ? "" : azp));
            } catch (ParseException | IllegalArgumentException _) {
                return unread(fingerprint);
            }
        }

        private static boolean isPlain(@Nullable String name) {
            return name == null || Printable.isPlain(name);
        }

        private static Credential credential(
                JWTClaimsSet claims, Set<String> appIds, String client) {
            String prefix = appIds.size() == 1 ? appIds.iterator().next() + "-" : "";
            return new Credential(
                    Objects.requireNonNullElse(claims.getJWTID(), ""),
                    claims.getIssueTime() == null
                            ? 0
                            : claims.getIssueTime().toInstant().getEpochSecond(),
                    appIds,
                    client.startsWith(prefix) ? client.substring(prefix.length()) : client,
                    Objects.requireNonNullElse(claims.getSubject(), ""));
        }

        private static Vouched unread(String fingerprint) {
            return new Vouched(fingerprint, Set.of(), null, null, Long.MAX_VALUE, Credential.NONE);
        }
    }

    private static String fingerprint(String token) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(token.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: not available", e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
