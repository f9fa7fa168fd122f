package eu.sermas.bus.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import eu.sermas.bus.access.Credential;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.budget.Share;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.identity.secret.Secrets;
import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.StoreException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The refresh tokens that are good: opaque, good for one use, and kept as hashes.
///
/// All tokens that descend from one login are a family, and only its youngest is good. A token is
/// the id of its family and 256 random bits; the family keeps the SHA-256 of those of the youngest
/// and of the one before it.
///
/// - The youngest is exchanged for the next one.
/// - Clients repeat a request whose answer they did not get. So the one before is answered for
///   [#REUSE_WINDOW] with the same successor again, and nothing is lost by asking twice.
/// - Any other token of the family has been used before: somebody has a copy. Nobody can tell who
///   is the thief, so the whole family ends. A guess cannot bring that about, because it would have
///   to hit the id of the family first.
///
/// Each app is a world of its own, with its lock and its share of the bytes: where that is used up,
/// the oldest of its families end. Safe for use by many threads.
final class RefreshTokens {

    static final Duration REUSE_WINDOW = Duration.ofSeconds(60);

    private static final int MAX_OF_CLIENT = 10_000;
    private static final int MAX_OF_USER = 1_000;
    private static final int ID_BYTES = 16;
    private static final int SECRET_BYTES = 32;
    private static final Duration SWEEP_EVERY = Duration.ofMinutes(10);

    /// What descends from one login, as it is kept in the store. Times are in milliseconds.
    ///
    /// @param id in Base64
    /// @param tokenId the `jti` of the access token that came with the youngest; null in records of
    ///   earlier versions
    record Family(
            String id,
            Subject subject,
            String sessionId,
            long sessionStart,
            long expiresAt,
            String youngest,
            @Nullable String previous,
            long rotatedAt,
            @Nullable String tokenId) {

        /// What it can be revoked by. Whatever is told by a time was before it.
        Credential credential() {
            return subject.client().credential(tokenId == null ? "" : tokenId, 0, subject.sub());
        }
    }

    /// What became of an exchange.
    ///
    /// @param tokenId of the access token that comes with it
    record Exchanged(String refreshToken, String tokenId) {}

    private final Store store;
    private final Secrets secrets;
    private final InstantSource clock;

    private final Shares shares;
    private final ConcurrentMap<Tenant, OfApp> apps = new ConcurrentHashMap<>();

    /// By the id of the family.
    private final ConcurrentMap<String, OfApp> byId = new ConcurrentHashMap<>();

    private final Cache<String, String> justIssued;
    private final AtomicLong nextSweep = new AtomicLong();

    /// @param shares of the bytes, for each app
    RefreshTokens(Store store, Secrets secrets, Shares shares, InstantSource clock) {
        this.store = store;
        this.secrets = secrets;
        this.shares = shares;
        this.clock = clock;
        Ticker ticker = () -> TimeUnit.MILLISECONDS.toNanos(clock.millis());
        this.justIssued =
                Caffeine.newBuilder()
                        .maximumSize(100_000)
                        .expireAfterWrite(REUSE_WINDOW)
                        .ticker(ticker)
                        .build();
        store.scan(
                Store.Family.REFRESH_TOKEN,
                new byte[0],
                (_, value) -> {
                    Family family = Json.read(value, Family.class);
                    with(family.subject(), app -> app.addAnyway(family));
                    return true;
                });
    }

    /// Whose families are kept together: those of one app, those of no app, or the system's own.
    private record Tenant(boolean isSystem, @Nullable String appId) {

        static Tenant of(Subject subject) {
            return subject.kind() == Principal.Kind.SYSTEM
                    ? new Tenant(true, null)
                    : new Tenant(false, subject.client().appId());
        }

        Share open(Shares shares) {
            return isSystem ? shares.system() : shares.open(appId == null ? "" : appId);
        }
    }

    /// An app without families may be left at the same moment: then its next state does it.
    private <T> T with(Subject subject, Function<OfApp, T> work) {
        while (true) {
            OfApp app = apps.computeIfAbsent(Tenant.of(subject), OfApp::new);
            app.lock.lock();
            try {
                if (!app.left) {
                    return work.apply(app);
                }
            } finally {
                app.lock.unlock();
            }
        }
    }

    /// The families of one app. Everything is under its lock.
    private final class OfApp {

        private final Tenant tenant;
        private final Share share;
        private final ReentrantLock lock = new ReentrantLock();
        private final LinkedHashMap<String, Family> families = new LinkedHashMap<>();
        private final Map<String, LinkedHashSet<String>> byPrincipal = new HashMap<>();
        private boolean left;

        OfApp(Tenant tenant) {
            this.tenant = tenant;
            this.share = tenant.open(shares);
        }

        /// Adds a family, for which others make room where there is none.
        void add(Family family, Batch batch) {
            String principal = family.subject().principalId();
            int most = family.subject().kind() == Principal.Kind.USER ? MAX_OF_USER : MAX_OF_CLIENT;
            LinkedHashSet<String> own = byPrincipal.get(principal);
            if (own != null && own.size() >= most) {
                remove(own.getFirst(), batch);
            }
            while (!share.take(HeapCost.of(family))) {
                if (families.isEmpty()) {
                    share.takeAnyway(HeapCost.of(family)); // one is always possible
                    break;
                }
                LinkedHashSet<String> mine = byPrincipal.get(principal);
                remove(mine == null ? families.firstEntry().getKey() : mine.getFirst(), batch);
            }
            put(family);
        }

        /// Adds one that is there already.
        boolean addAnyway(Family family) {
            share.takeAnyway(HeapCost.of(family));
            put(family);
            return true;
        }

        private void put(Family family) {
            families.put(family.id(), family);
            byId.put(family.id(), this);
            byPrincipal
                    .computeIfAbsent(family.subject().principalId(), _ -> new LinkedHashSet<>())
                    .add(family.id());
        }

        void remove(String id, Batch batch) {
            Family family = families.remove(id);
            if (family == null) {
                return;
            }
            String principalId = family.subject().principalId();
            LinkedHashSet<String> ids = byPrincipal.get(principalId);
            if (ids != null && ids.remove(id) && ids.isEmpty()) {
                byPrincipal.remove(principalId);
            }
            byId.remove(id);
            justIssued.invalidate(id);
            share.giveBack(HeapCost.of(family));
            batch.delete(Store.Family.REFRESH_TOKEN, id.getBytes(UTF_8));
        }

        /// Removes those that are meant.
        ///
        /// @return completes when that is durable
        CompletionStage<Void> removeAll(Function<OfApp, List<String>> which) {
            Batch batch = new Batch();
            lock.lock();
            try {
                which.apply(this).forEach(id -> remove(id, batch));
                if (families.isEmpty() && !left) {
                    left = true;
                    apps.remove(tenant, this);
                    share.close();
                }
                return batch.isEmpty()
                        ? CompletableFuture.completedStage(null)
                        : store.commit(batch);
            } finally {
                lock.unlock();
            }
        }

        private @Nullable Family good(Parts parts) {
            Family family = families.get(parts.id());
            long now = clock.millis();
            if (family == null || now >= family.expiresAt()) {
                return null;
            }
            String previous = family.previous();
            boolean repeated =
                    previous != null
                            && isEqual(previous, parts.hash())
                            && now < family.rotatedAt() + REUSE_WINDOW.toMillis();
            if (repeated || isEqual(family.youngest(), parts.hash())) {
                return family;
            }
            Batch batch = new Batch();
            remove(family.id(), batch);
            var _ = store.commit(batch);
            return null;
        }
    }

    /// The first token of a new family.
    ///
    /// @param tokenId of the access token that comes with it
    String open(
            Subject subject,
            String sessionId,
            Instant sessionStart,
            Instant expiresAt,
            String tokenId) {
        String id = Secrets.encode(secrets.bytes(ID_BYTES));
        byte[] secret = secrets.bytes(SECRET_BYTES);
        Family family =
                new Family(
                        id,
                        subject,
                        sessionId,
                        sessionStart.toEpochMilli(),
                        expiresAt.toEpochMilli(),
                        hash(secret),
                        null,
                        0,
                        tokenId);
        sweep();
        await(
                with(
                        subject,
                        app -> {
                            Batch batch = new Batch();
                            app.add(family, batch);
                            batch.put(
                                    Store.Family.REFRESH_TOKEN,
                                    id.getBytes(UTF_8),
                                    Json.write(family));
                            return store.commit(batch);
                        }));
        return token(id, secret);
    }

    /// The family of a token that may be exchanged, or null. One that was used before ends its
    /// family.
    @Nullable Family find(String token) {
        Parts parts = parse(token);
        OfApp app = parts == null ? null : byId.get(parts.id());
        if (parts == null || app == null) {
            return null;
        }
        app.lock.lock();
        try {
            return app.good(parts);
        } finally {
            app.lock.unlock();
        }
    }

    /// Exchanges a token for the next one of its family, or gives null where it is not good (any
    /// more).
    @Nullable Exchanged exchange(String token, Instant expiresAt) {
        Parts parts = parse(token);
        OfApp app = parts == null ? null : byId.get(parts.id());
        if (parts == null || app == null) {
            return null;
        }
        byte[] secret = secrets.bytes(SECRET_BYTES);
        String next = token(parts.id(), secret);
        String tokenId = UUID.randomUUID().toString();
        CompletionStage<Void> durable;
        app.lock.lock();
        try {
            Family family = app.good(parts);
            if (family == null) {
                return null;
            }
            String again = justIssued.getIfPresent(parts.id());
            if (again != null && !isEqual(family.youngest(), parts.hash())) {
                return new Exchanged(again, Objects.requireNonNullElse(family.tokenId(), tokenId));
            }
            Family rotated =
                    new Family(
                            family.id(),
                            family.subject(),
                            family.sessionId(),
                            family.sessionStart(),
                            expiresAt.toEpochMilli(),
                            hash(secret),
                            parts.hash(),
                            clock.millis(),
                            tokenId);
            app.families.put(family.id(), rotated);
            justIssued.put(family.id(), next);
            durable =
                    store.commit(
                            new Batch()
                                    .put(
                                            Store.Family.REFRESH_TOKEN,
                                            family.id().getBytes(UTF_8),
                                            Json.write(rotated)));
        } finally {
            app.lock.unlock();
        }
        await(durable);
        return new Exchanged(next, tokenId);
    }

    /// While the disk takes nothing a token counts from memory, for a full disk shall not keep out
    /// those who have proven who they are. If the process ends before the next exchange, the token
    /// is not known any more, and its holder logs in again. Only what ends tokens has to be on
    /// disk.
    private static void await(CompletionStage<Void> durable) {
        try {
            durable.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof StoreException)) {
                throw e;
            }
        }
    }

    /// Ends everything that was issued to the principal of a subject.
    void revokeAll(Subject subject) {
        OfApp app = apps.get(Tenant.of(subject));
        if (app != null) {
            app.removeAll(
                            one ->
                                    List.copyOf(
                                            one.byPrincipal.getOrDefault(
                                                    subject.principalId(), new LinkedHashSet<>())))
                    .toCompletableFuture()
                    .join();
        }
    }

    /// Ends what goes back to credentials of this kind.
    ///
    /// @param appId in this app, or null for everywhere
    void revoke(@Nullable String appId, Predicate<Credential> which) {
        removeAll(appId, family -> which.test(family.credential()));
    }

    private void removeAll(@Nullable String appId, Predicate<Family> which) {
        List<OfApp> concerned =
                appId == null
                        ? List.copyOf(apps.values())
                        : Stream.ofNullable(apps.get(new Tenant(false, appId))).toList();
        concerned.stream()
                .map(
                        app ->
                                app.removeAll(
                                        one ->
                                                one.families.values().stream()
                                                        .filter(which)
                                                        .map(Family::id)
                                                        .toList()))
                .toList()
                .forEach(durable -> durable.toCompletableFuture().join());
    }

    /// The app that a token is of; null where it is of none, or not known.
    @Nullable String appOf(String token) {
        Parts parts = parse(token);
        OfApp app = parts == null ? null : byId.get(parts.id());
        return app == null ? null : app.tenant.appId();
    }

    private void sweep() {
        long now = clock.millis();
        long due = nextSweep.get();
        if (now >= due && nextSweep.compareAndSet(due, now + SWEEP_EVERY.toMillis())) {
            removeAll(null, family -> now >= family.expiresAt());
        }
    }

    private record Parts(String id, String hash) {}

    private static @Nullable Parts parse(String token) {
        if (token.length() > 128) {
            return null;
        }
        int dot = token.indexOf('.');
        if (dot < 0) {
            return null;
        }
        try {
            byte[] secret = Base64.getUrlDecoder().decode(token.substring(dot + 1));
            return new Parts(token.substring(0, dot), hash(secret));
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private static String token(String id, byte[] secret) {
        return id + "." + Secrets.encode(secret);
    }

    private static String hash(byte[] secret) {
        try {
            return Secrets.encode(MessageDigest.getInstance("SHA-256").digest(secret));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: not available", e);
        }
    }

    private static boolean isEqual(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
    }
}
