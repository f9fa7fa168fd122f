package eu.sermas.bus.identity;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.identity.IdentityEvent.TokenType;
import eu.sermas.bus.identity.secret.Secret;
import eu.sermas.bus.identity.secret.Secrets;
import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.time.BusClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Hands out tokens. An empty text in a request is an absent one. Safe for use by many threads;
/// calls may block.
///
/// Every answer holds a refresh token, since clients read it without asking whether it is there.
/// What is renewed without a secret or a password keeps the beginning of its session, and ends with
/// the session's maximum age.
public final class TokenService {

    /// The body of `POST /api/platform/token`; the client id is short or composite. Whatever
    /// clients send beside that, here and below, is passed over: who asks for a token changes
    /// nothing, and a misspelt secret gets none.
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record TokenRequest(
            @Nullable String appId, @Nullable String clientId, @Nullable String clientSecret) {

        /// Without the secret.
        @Override
        public String toString() {
            return "TokenRequest[" + appId + ", " + clientId + "]";
        }
    }

    /// The body of `POST /api/platform/token/refresh` and `/api/auth/refresh`.
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record RefreshRequest(
            @Nullable String refreshToken,
            @Nullable String appId,
            @Nullable String clientId,
            @Nullable String clientSecret) {

        /// Without the secrets.
        @Override
        public String toString() {
            return "RefreshRequest[" + appId + ", " + clientId + "]";
        }
    }

    /// The body of `POST /api/auth/login`.
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record LoginRequest(
            @Nullable String username,
            @Nullable String password,
            @Nullable String appId,
            @Nullable String clientId) {

        /// Without the password.
        @Override
        public String toString() {
            return "LoginRequest[" + username + ", " + appId + "]";
        }
    }

    /// Below this a client that renews 30 s before the end would do so without a pause.
    private static final Duration SHORTEST = Duration.ofSeconds(121);

    /// The login that a token goes back to.
    private record Session(String id, Instant start) {}

    private final IdentitySettings settings;
    private final Registry registry;
    private final Users users;
    private final Principals principals;
    private final Secrets secrets;
    private final TokenIssuer issuer;
    private final TokenVerifier verifier;
    private final RefreshTokens refreshTokens;
    private final Revocations revocations;
    private final Attempts attempts;
    private final InstantSource clock;
    private final Metrics metrics;
    private final Consumer<IdentityEvent> listener;

    TokenService(
            IdentitySettings settings,
            Registry registry,
            Users users,
            Principals principals,
            Secrets secrets,
            TokenIssuer issuer,
            TokenVerifier verifier,
            RefreshTokens refreshTokens,
            Revocations revocations,
            BusClock clock,
            Metrics metrics,
            Consumer<IdentityEvent> listener) {
        this.settings = settings;
        this.registry = registry;
        this.users = users;
        this.principals = principals;
        this.secrets = secrets;
        this.issuer = issuer;
        this.verifier = verifier;
        this.refreshTokens = refreshTokens;
        this.revocations = revocations;
        this.attempts = new Attempts(settings, clock.steady());
        this.clock = clock.world();
        this.metrics = metrics;
        this.listener = listener;
    }

    /// @param bearer the token of the Authorization header, as it came, or null
    /// @param address of the caller, without its port
    public Outcome<TokenResponse> token(
            TokenRequest request, @Nullable String bearer, String address) {
        String appId = orEmpty(request.appId());
        String clientId = orEmpty(request.clientId());
        String secret = orEmpty(request.clientSecret());
        boolean ofSystem = appId.isEmpty() || appId.equals(Names.PLATFORM);
        if (ofSystem && principals.system(clientId) != null) {
            return secret.isEmpty()
                    ? Outcome.refused(Refusal.forbidden("token of a system client: by its secret"))
                    : systemToken(clientId, secret, address);
        }
        if (appId.isEmpty()) {
            return Outcome.refused(Refusal.badRequest("appId missing"));
        }
        if (clientId.isEmpty()) {
            return Outcome.refused(Refusal.badRequest("clientId missing"));
        }
        if (!secret.isEmpty()) {
            return bySecret(appId, clientId, secret, address);
        }
        return bearer == null || bearer.isEmpty()
                ? Outcome.refused(
                        Refusal.badRequest("One of clientSecret or bearer token is required"))
                : revocations.whileIssuing(appId, () -> byBearer(appId, clientId, bearer));
    }

    private Outcome<TokenResponse> systemToken(String clientId, String secret, String address) {
        Subject subject = principals.system(clientId);
        Secret expected = principals.systemSecret(clientId);
        return proven(subject, () -> secrets.matches(secret, expected), clientId, address);
    }

    private Outcome<TokenResponse> bySecret(
            String appId, String clientId, String secret, String address) {
        Optional<ClientState> client =
                registry.state(appId).flatMap(state -> state.client(clientId));
        Subject subject = client.map(state -> subject(appId, state)).orElse(null);
        ClientRef meant = new ClientRef(appId, Names.shortId(appId, clientId));
        return proven(
                subject, () -> isSecretOf(client.orElse(null), secret), meant.toString(), address);
    }

    private Outcome<TokenResponse> proven(
            @Nullable Subject subject, BooleanSupplier proof, String name, String address) {
        String identity = subject == null ? name : identityOf(subject);
        Refusal refusal = attempts.make(identity, address, proof);
        if (refusal != null || subject == null) {
            return failed(refusal);
        }
        return issue(subject, newSession(), TokenType.ACCESS);
    }

    /// Without a secret: for the client itself, and for those who hold `platform.token` in the app
    /// and every grant of the client. Who asks, and not the client that is asked for, must have the
    /// right.
    private Outcome<TokenResponse> byBearer(String appId, String clientId, String bearer) {
        Caller caller = callerOf(bearer);
        if (caller == null) {
            return unauthorized();
        }
        AppState app = registry.state(appId).orElse(null);
        ClientState client = app == null ? null : app.client(clientId).orElse(null);
        Subject target = client == null ? null : subject(appId, client);
        if (target != null && target.equals(caller.subject())) {
            return issue(target, caller.session(), TokenType.ACCESS);
        }
        AccessRights rights = caller.present().rights();
        String missing = rights.mayCall("platform", "token", appId).reason();
        if (missing != null) {
            return Outcome.refused(Refusal.forbidden(missing));
        }
        if (client == null || target == null) {
            return Outcome.refused(app == null ? Refusal.APP_NOT_FOUND : Refusal.CLIENT_NOT_FOUND);
        }
        missing = rights.mayHandOut(appId, client.permissions()).reason();
        if (missing == null && client.origin() == ClientState.Origin.APPLICATION) {
            missing = refusalOfApplication(caller.present().principal(), app);
        }
        return missing == null
                ? issue(target, newSession(), TokenType.ACCESS)
                : Outcome.refused(Refusal.forbidden(missing));
    }

    /// People log in through `application`; who is this client itself may do whatever its owner
    /// may, so not even a client that may do everything gets its token.
    private static @Nullable String refusalOfApplication(
            Principal principal, @Nullable AppState app) {
        boolean owner =
                principal.kind() == Principal.Kind.USER
                        && app != null
                        && app.app().ownerId().equals(principal.userId());
        return owner || principal.isPlatformAdmin()
                ? null
                : "token of the client application: for the owner of the app and administrators";
    }

    /// @param bearer as in [#token]
    /// @param address as in [#token]
    public Outcome<TokenResponse> refresh(
            RefreshRequest request, @Nullable String bearer, String address) {
        String refreshToken = orEmpty(request.refreshToken());
        String secret = orEmpty(request.clientSecret());
        if (!refreshToken.isEmpty()) {
            return byRefreshToken(refreshToken, request, address);
        }
        if (!secret.isEmpty()) {
            return token(
                    new TokenRequest(request.appId(), request.clientId(), secret), bearer, address);
        }
        Caller caller = bearer == null ? null : callerOf(bearer);
        Subject subject = caller == null ? null : caller.subject();
        return subject == null
                ? unauthorized()
                : revocations.whileIssuing(
                        subject.client().appId(), () -> byBearer(request, bearer));
    }

    private Outcome<TokenResponse> byBearer(RefreshRequest request, @Nullable String bearer) {
        Caller caller = bearer == null ? null : callerOf(bearer);
        Subject subject = caller == null ? null : caller.subject();
        if (caller == null || subject == null || contradicts(request, subject.client())) {
            return unauthorized();
        }
        return issue(subject, caller.session(), TokenType.REFRESH);
    }

    private Outcome<TokenResponse> byRefreshToken(
            String refreshToken, RefreshRequest request, String address) {
        String identity = provenBesides(refreshToken, request);
        Refusal refusal = attempts.make(identity, address, () -> isGood(refreshToken, request));
        return refusal == null
                ? revocations.whileIssuing(
                        refreshTokens.appOf(refreshToken), () -> exchange(refreshToken))
                : failed(refusal);
    }

    /// Whose secret comes with a refresh token, or the empty string where none does.
    private String provenBesides(String refreshToken, RefreshRequest request) {
        RefreshTokens.Family family =
                orEmpty(request.clientSecret()).isEmpty() ? null : refreshTokens.find(refreshToken);
        return family == null ? "" : identityOf(family.subject());
    }

    /// What guesses at the secret of a client are counted by, however it is called in a request and
    /// whoever came through it: its `sub`, which its successor does not have.
    private String identityOf(Subject subject) {
        ClientRef client = subject.client();
        Subject itself =
                client.appId() == null
                        ? principals.system(client.clientId())
                        : principals.ofClient(client).orElse(null);
        return itself == null ? client.toString() : itself.sub();
    }

    private Outcome<TokenResponse> exchange(String refreshToken) {
        RefreshTokens.Family family = refreshTokens.find(refreshToken);
        if (family == null) {
            return unauthorized();
        }
        Session session =
                new Session(family.sessionId(), Instant.ofEpochMilli(family.sessionStart()));
        Subject subject = subjectOf(family);
        Instant expiresAt = subject == null ? null : expiryOf(subject, session);
        RefreshTokens.Exchanged next =
                expiresAt == null ? null : refreshTokens.exchange(refreshToken, expiresAt);
        return next == null || expiresAt == null || subject == null
                ? unauthorized()
                : answer(subject, session, expiresAt, next, TokenType.REFRESH);
    }

    private boolean isGood(String refreshToken, RefreshRequest request) {
        RefreshTokens.Family family = refreshTokens.find(refreshToken);
        Subject subject = family == null ? null : subjectOf(family);
        return subject != null
                && !contradicts(request, subject.client())
                && isSecretOf(subject, orEmpty(request.clientSecret()))
                && principals.find(subject) != null;
    }

    /// Null where the client that it came through is no more.
    private @Nullable Subject subjectOf(RefreshTokens.Family family) {
        return principals.settled(
                family.subject(), Duration.ofMillis(family.sessionStart()).toSeconds());
    }

    private static boolean contradicts(RefreshRequest request, ClientRef client) {
        String appId = orEmpty(request.appId());
        String clientId = orEmpty(request.clientId());
        return (!appId.isEmpty() && !appId.equals(client.appId()))
                || (!clientId.isEmpty() && !client.isNamed(clientId));
    }

    /// A secret need not come with a refresh token, but where it does, it has to be right.
    private boolean isSecretOf(Subject subject, String secret) {
        if (secret.isEmpty()) {
            return true;
        }
        ClientRef client = subject.client();
        String appId = client.appId();
        if (appId == null) {
            return secrets.matches(secret, principals.systemSecret(client.clientId()));
        }
        return isSecretOf(
                registry.state(appId)
                        .flatMap(state -> state.client(client.clientId()))
                        .orElse(null),
                secret);
    }

    /// Whether it is one of the secrets that a client has at this moment. Costs a hash where there
    /// is no such client, too.
    private boolean isSecretOf(@Nullable ClientState client, String secret) {
        ClientState.Former former = client == null ? null : client.formerAt(clock.millis());
        Secret present = client == null ? Secret.NONE : client.secret();
        Secret before = former == null ? Secret.NONE : former.secret();
        return secrets.isKnown(secret, before)
                || secrets.matches(secret, present)
                || (former != null && secrets.matches(secret, before));
    }

    /// @param address as in [#token]
    public Outcome<TokenResponse> login(LoginRequest request, String address) {
        String username = orEmpty(request.username()).strip();
        String password = orEmpty(request.password());
        if (username.length() < 3) {
            return Outcome.refused(Refusal.badRequest("missing username"));
        }
        if (password.isEmpty()) {
            return Outcome.refused(Refusal.badRequest("missing password"));
        }
        String identity = "user " + username.toLowerCase(Locale.ROOT);
        ClientRef client = clientOfLogin(orEmpty(request.appId()), orEmpty(request.clientId()));
        Refusal refusal =
                attempts.make(
                        identity,
                        address,
                        () ->
                                users.check(username, password) != null
                                        && mayEnter(username, client));
        User user = users.named(username).orElse(null);
        if (refusal != null || user == null || client == null) {
            return failed(refusal);
        }
        Subject subject = principals.throughNow(client, user.userId());
        // What ends with the old password must not begin with it behind that.
        Outcome<TokenResponse> outcome =
                revocations.whileIssuing(
                        client.appId(),
                        () ->
                                users.isStill(username, password)
                                        ? issueNow(subject, newSession(), TokenType.ACCESS)
                                        : unauthorized());
        if (outcome instanceof Outcome.Done) {
            listener.accept(new IdentityEvent.UserLoggedIn(client.appId(), user));
        }
        return outcome;
    }

    /// Looks at a password that somebody shows beside a token, at the price of an attempt.
    ///
    /// @param address as in [#token]
    /// @return why it is not taken, or null
    public @Nullable Refusal refusalOfPassword(User user, String password, String address) {
        return attempts.make(
                "user " + user.username(),
                address,
                () -> users.check(user.username(), password) != null);
    }

    /// Told in the same way as an app that does not exist.
    private boolean mayEnter(String username, @Nullable ClientRef client) {
        return client != null
                && users.named(username)
                        .map(user -> principals.throughNow(client, user.userId()))
                        .map(principals::find)
                        .isPresent();
    }

    private @Nullable ClientRef clientOfLogin(String appId, String clientId) {
        if (appId.isEmpty()) {
            return clientId.isEmpty() || clientId.equals(Names.PLATFORM)
                    ? new ClientRef(null, Names.PLATFORM)
                    : registry.clientsCalled(clientId).stream().findFirst().orElse(null);
        }
        return registry.state(appId)
                .flatMap(state -> state.client(clientId.isEmpty() ? Names.APPLICATION : clientId))
                .map(state -> new ClientRef(appId, state.client().id()))
                .orElse(null);
    }

    /// @param subject null for one of another issuer, who is renewed there
    private record Caller(@Nullable Subject subject, Principals.Present present, Session session) {}

    private @Nullable Caller callerOf(String bearer) {
        try {
            Login elsewhere = verifier.elsewhere(bearer);
            if (elsewhere != null) {
                Principals.Present present =
                        new Principals.Present(elsewhere.principal(), elsewhere.rights());
                return new Caller(null, present, newSession());
            }
            TokenClaims claims = verifier.claims(bearer);
            Subject subject = principals.subjectOf(claims);
            Principals.Present present = principals.find(subject);
            Session session =
                    new Session(claims.sessionId(), Instant.ofEpochSecond(claims.sessionStart()));
            return present == null ? null : new Caller(subject, present, session);
        } catch (LoginRefused _) {
            return null;
        }
    }

    private Outcome<TokenResponse> issue(Subject subject, Session session, TokenType type) {
        return revocations.whileIssuing(
                subject.client().appId(), () -> issueNow(subject, session, type));
    }

    private Outcome<TokenResponse> issueNow(Subject subject, Session session, TokenType type) {
        Instant expiresAt = expiryOf(subject, session);
        if (expiresAt == null) {
            return unauthorized();
        }
        String tokenId = UUID.randomUUID().toString();
        String refreshToken =
                refreshTokens.open(subject, session.id(), session.start(), expiresAt, tokenId);
        RefreshTokens.Exchanged tokens = new RefreshTokens.Exchanged(refreshToken, tokenId);
        return answer(subject, session, expiresAt, tokens, type);
    }

    /// When a token of this session that is made now has to end, or null where the session is over.
    private @Nullable Instant expiryOf(Subject subject, Session session) {
        Instant now = clock.instant();
        Instant end = session.start().plus(settings.sessionMaxAge());
        Instant expiresAt = now.plus(lifetimeOf(subject.client()));
        if (end.isAfter(expiresAt)) {
            return expiresAt;
        }
        return end.isBefore(now.plus(SHORTEST)) ? null : end;
    }

    private Duration lifetimeOf(ClientRef client) {
        String appId = client.appId();
        AppState app = appId == null ? null : registry.state(appId).orElse(null);
        ClientState state = app == null ? null : app.clients().get(client.clientId());
        return settings.lifetimes().of(app, state);
    }

    private Outcome<TokenResponse> answer(
            Subject subject,
            Session session,
            Instant expiresAt,
            RefreshTokens.Exchanged tokens,
            TokenType type) {
        Instant now = Instant.ofEpochSecond(revocations.issueTime(subject.client(), subject.sub()));
        String token =
                issuer.issue(
                        subject,
                        new TokenIssuer.Session(
                                tokens.tokenId(), session.id(), session.start(), now, expiresAt));
        metrics.increment(Count.TOKENS_ISSUED);
        String appId = subject.client().appId();
        if (appId != null) {
            listener.accept(
                    new IdentityEvent.TokenIssued(appId, subject.client().composite(), type));
        }
        long seconds = expiresAt.getEpochSecond() - now.getEpochSecond();
        return Outcome.done(
                new TokenResponse(
                        token,
                        seconds,
                        seconds,
                        tokens.refreshToken(),
                        "Bearer",
                        0,
                        session.id(),
                        TokenIssuer.SCOPE));
    }

    private Session newSession() {
        return new Session(UUID.randomUUID().toString(), clock.instant());
    }

    private Outcome<TokenResponse> unauthorized() {
        return failed(Refusal.UNAUTHORIZED);
    }

    /// @param refusal null for one without a further reason
    private Outcome<TokenResponse> failed(@Nullable Refusal refusal) {
        metrics.increment(Count.LOGIN_FAILED);
        return Outcome.refused(refusal == null ? Refusal.UNAUTHORIZED : refusal);
    }

    private static Subject subject(String appId, ClientState client) {
        return new Subject(
                Principal.Kind.CLIENT, new ClientRef(appId, client.client().id()), client.sub());
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
