package eu.sermas.bus.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import eu.sermas.bus.access.Credential;
import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
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
final class RefreshTokens {

    static final Duration REUSE_WINDOW = Duration.ofSeconds(60);

    private static final int MAX_PER_PRINCIPAL = 10_000;
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

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Family> families = new HashMap<>();
    private final Map<String, LinkedHashSet<String>> byPrincipal = new HashMap<>();
    private final Cache<String, String> justIssued;
    private long nextSweep;

    RefreshTokens(Store store, Secrets secrets, InstantSource clock) {
        this.store = store;
        this.secrets = secrets;
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
                    add(Json.read(value, Family.class));
                    return true;
                });
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
        Batch batch = new Batch();
        CompletionStage<Void> durable;
        lock.lock();
        try {
            sweep(batch);
            makeRoom(subject.principalId(), batch);
            add(family);
            batch.put(Store.Family.REFRESH_TOKEN, id.getBytes(UTF_8), Json.write(family));
            durable = store.commit(batch);
        } finally {
            lock.unlock();
        }
        durable.toCompletableFuture().join();
        return token(id, secret);
    }

    /// The family of a token that may be exchanged, or null. One that was used before ends its
    /// family.
    @Nullable Family find(String token) {
        Parts parts = parse(token);
        if (parts == null) {
            return null;
        }
        lock.lock();
        try {
            return good(parts);
        } finally {
            lock.unlock();
        }
    }

    /// Exchanges a token for the next one of its family, or gives null where it is not good (any
    /// more).
    @Nullable Exchanged exchange(String token, Instant expiresAt) {
        Parts parts = parse(token);
        if (parts == null) {
            return null;
        }
        byte[] secret = secrets.bytes(SECRET_BYTES);
        String next = token(parts.id(), secret);
        String tokenId = UUID.randomUUID().toString();
        CompletionStage<Void> durable;
        lock.lock();
        try {
            Family family = good(parts);
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
            families.put(family.id(), rotated);
            justIssued.put(family.id(), next);
            durable =
                    store.commit(
                            new Batch()
                                    .put(
                                            Store.Family.REFRESH_TOKEN,
                                            family.id().getBytes(UTF_8),
                                            Json.write(rotated)));
        } finally {
            lock.unlock();
        }
        durable.toCompletableFuture().join();
        return new Exchanged(next, tokenId);
    }

    /// Ends everything that was issued to a principal.
    void revokeAll(String principalId) {
        revoke(() -> List.copyOf(byPrincipal.getOrDefault(principalId, new LinkedHashSet<>())));
    }

    /// Ends what goes back to credentials of this kind.
    void revoke(Predicate<Credential> which) {
        revoke(
                () ->
                        families.values().stream()
                                .filter(family -> which.test(family.credential()))
                                .map(Family::id)
                                .toList());
    }

    private void revoke(Supplier<List<String>> which) {
        Batch batch = new Batch();
        CompletionStage<Void> durable;
        lock.lock();
        try {
            which.get().forEach(id -> remove(id, batch));
            if (batch.isEmpty()) {
                return;
            }
            durable = store.commit(batch);
        } finally {
            lock.unlock();
        }
        durable.toCompletableFuture().join();
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

    private void add(Family family) {
        families.put(family.id(), family);
        byPrincipal
                .computeIfAbsent(family.subject().principalId(), _ -> new LinkedHashSet<>())
                .add(family.id());
    }

    private void remove(String id, Batch batch) {
        Family family = families.remove(id);
        if (family == null) {
            return;
        }
        String principalId = family.subject().principalId();
        LinkedHashSet<String> ids = byPrincipal.get(principalId);
        if (ids != null && ids.remove(id) && ids.isEmpty()) {
            byPrincipal.remove(principalId);
        }
        justIssued.invalidate(id);
        batch.delete(Store.Family.REFRESH_TOKEN, id.getBytes(UTF_8));
    }

    private void makeRoom(String principalId, Batch batch) {
        LinkedHashSet<String> ids = byPrincipal.get(principalId);
        if (ids != null && ids.size() >= MAX_PER_PRINCIPAL) {
            remove(ids.getFirst(), batch);
        }
    }

    private void sweep(Batch batch) {
        long now = clock.millis();
        if (now < nextSweep) {
            return;
        }
        nextSweep = now + SWEEP_EVERY.toMillis();
        List<String> expired =
                families.values().stream()
                        .filter(family -> now >= family.expiresAt())
                        .map(Family::id)
                        .toList();
        expired.forEach(id -> remove(id, batch));
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
