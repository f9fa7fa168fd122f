package eu.sermas.bus.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import eu.sermas.bus.access.Credential;
import eu.sermas.bus.budget.Share;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.identity.Revocation.Kind;
import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What has been revoked, as it is in the store and in force. Look-ups are in memory, from any
/// thread; changes wait for the disk.
///
/// A token says in whole seconds when it was issued. So a revocation of a client, a user or an app
/// means all tokens until the end of its second, and what is issued anew in that second to somebody
/// who has proven who they are says the next one, see [#issueTime].
///
/// Whoever issues tokens does so in [#whileIssuing], and a revocation waits for that and lets
/// nothing of it begin, in its own app; one of the platform does so in all. So nothing new is made
/// of what is being revoked.
public final class Revocations {

    private static final int MAX_OF_APP = 10_000;
    private static final int LONGEST_ID = 512;
    private static final int LOCKS = 256;
    private static final String PREFIX = "revoked/";

    /// Longer than the tokens of another issuer should last.
    private static final Duration LONGEST_ELSEWHERE = Duration.ofDays(366);

    /// Longer than the certificate of a client should.
    private static final Duration LONGEST_CERTIFICATE = Duration.ofDays(3_660);

    private record Key(Kind kind, @Nullable String appId, String id) {
        byte[] stored() {
            return (PREFIX + kind + "/" + (appId == null ? "" : appId) + "/" + id).getBytes(UTF_8);
        }
    }

    private final Store store;
    private final RefreshTokens refreshTokens;
    private final InstantSource clock;
    private final Consumer<IdentityEvent> listener;
    private final Shares shares;

    /// For what concerns all apps, and for what concerns one: that of its name.
    private final ReentrantReadWriteLock ofAll = new ReentrantReadWriteLock(true);

    private final ReentrantReadWriteLock[] ofApp = new ReentrantReadWriteLock[LOCKS];
    private final Map<Key, Revocation> inForce = new ConcurrentHashMap<>();

    /// The same by app, those of the platform under the empty name: the oldest first. Each under
    /// the lock of its app.
    private final Map<String, LinkedHashSet<Key>> byApp = new ConcurrentHashMap<>();

    private volatile Duration longestLife;

    /// @param shares of the bytes that they take, for each app
    /// @param longestLife of a token
    Revocations(
            Store store,
            RefreshTokens refreshTokens,
            Shares shares,
            Duration longestLife,
            InstantSource clock,
            Consumer<IdentityEvent> listener) {
        Arrays.setAll(ofApp, _ -> new ReentrantReadWriteLock(true));
        this.shares = shares;
        this.store = store;
        this.refreshTokens = refreshTokens;
        this.longestLife = longestLife;
        this.clock = clock;
        this.listener = listener;
        store.scan(
                Store.Family.APP,
                PREFIX.getBytes(UTF_8),
                (_, value) -> {
                    Revocation stored = Json.read(value, Revocation.class);
                    keep(stored, share -> share.takeAnyway(HeapCost.of(stored)));
                    return true;
                });
    }

    /// Tokens of others are accepted too, of which nobody knows how long they last. To be called at
    /// the start.
    public void expectForeignTokens() {
        expect(LONGEST_ELSEWHERE);
    }

    /// Certificates are accepted too, which count as tokens of their first day.
    void expectCertificates() {
        expect(LONGEST_CERTIFICATE);
    }

    private void expect(Duration life) {
        longestLife = longestLife.compareTo(life) < 0 ? life : longestLife;
    }

    /// Puts a revocation in force, on disk and for tokens that come; live connections follow at
    /// once by [IdentityEvent.TokensRevoked]. Refresh tokens go first: after a crash in between
    /// nobody has been told that anything is revoked. A later one of the same name takes the place
    /// of the first.
    ///
    /// @param appId null for the platform itself, see [Revocation]
    /// @param id the empty string for [Kind#APP]
    public Outcome<Revocation> revoke(Kind kind, @Nullable String appId, String id) {
        String problem = problemOf(kind, appId, id);
        if (problem != null) {
            return Outcome.refused(Refusal.badRequest(problem));
        }
        Lock alone = lockOf(appId).writeLock();
        alone.lock();
        try {
            Revocation revocation =
                    new Revocation(kind, appId, id, now(), now() + longestLife.toSeconds());
            Batch batch = new Batch();
            forgetExpired(appId, batch);
            if (!inForce.containsKey(keyOf(revocation)) && !hasRoom(revocation)) {
                return Outcome.refused(
                        Refusal.conflict(
                                "revocations: too many (expected: of a client, user or app where"
                                        + " many tokens are meant)"));
            }
            putInForce(revocation, batch);
            return Outcome.done(revocation);
        } finally {
            alone.unlock();
        }
    }

    /// Revokes whatever has been issued to a user, wherever. It is done whatever room there is.
    void endLogins(String userId) {
        Lock alone = lockOf(null).writeLock();
        alone.lock();
        try {
            Batch batch = new Batch();
            forgetExpired(null, batch);
            putInForce(
                    new Revocation(Kind.USER, null, userId, now(), now() + longestLife.toSeconds()),
                    batch);
        } finally {
            alone.unlock();
        }
    }

    /// While nothing is issued.
    private void putInForce(Revocation revocation, Batch batch) {
        refreshTokens.revoke(revocation.appId(), revocation::concerns);
        batch.put(Store.Family.APP, keyOf(revocation).stored(), Json.write(revocation));
        store.commit(batch).toCompletableFuture().join();
        keep(revocation, share -> share.takeAnyway(HeapCost.of(revocation)));
        listener.accept(new IdentityEvent.TokensRevoked(revocation));
    }

    private ReentrantReadWriteLock lockOf(@Nullable String appId) {
        return appId == null ? ofAll : ofApp[Math.floorMod(appId.hashCode(), LOCKS)];
    }

    private Share open(@Nullable String appId) {
        return appId == null ? shares.system() : shares.open(appId);
    }

    private static String name(@Nullable String appId) {
        return appId == null ? "" : appId;
    }

    private void keep(Revocation revocation, Consumer<Share> charge) {
        Key key = keyOf(revocation);
        if (inForce.put(key, revocation) == null) {
            try (Share share = open(revocation.appId())) {
                charge.accept(share);
            }
        }
        LinkedHashSet<Key> all =
                byApp.computeIfAbsent(name(revocation.appId()), _ -> new LinkedHashSet<>());
        all.remove(key);
        all.add(key);
    }

    /// Those whose last token has expired; the oldest are the first of them.
    private void forgetExpired(@Nullable String appId, Batch batch) {
        LinkedHashSet<Key> all = byApp.get(name(appId));
        while (all != null && !all.isEmpty()) {
            Revocation oldest = inForce.get(all.getFirst());
            if (oldest != null && oldest.until() >= now()) {
                return;
            }
            batch.delete(Store.Family.APP, all.getFirst().stored());
            inForce.remove(all.removeFirst());
            if (oldest != null) {
                try (Share share = open(appId)) {
                    share.giveBack(HeapCost.of(oldest));
                }
            }
        }
    }

    private boolean hasRoom(Revocation revocation) {
        String appId = revocation.appId();
        LinkedHashSet<Key> all = byApp.get(name(appId));
        if (appId != null && all != null && all.size() >= MAX_OF_APP) {
            return false;
        }
        try (Share share = open(appId)) {
            boolean room = share.take(HeapCost.of(revocation));
            share.giveBack(room ? HeapCost.of(revocation) : 0);
            return room;
        }
    }

    private static @Nullable String problemOf(Kind kind, @Nullable String appId, String id) {
        if (kind == Kind.APP) {
            return appId == null ? "appId missing" : null;
        }
        return id.isEmpty() || id.length() > LONGEST_ID
                ? "id: %d characters (expected: 1..%d)".formatted(id.length(), LONGEST_ID)
                : null;
    }

    /// Those in force of one app; with null those of the platform.
    public List<Revocation> of(@Nullable String appId) {
        long now = now();
        return inForce.values().stream()
                .filter(one -> Objects.equals(appId, one.appId()) && one.until() >= now)
                .sorted(Comparator.comparingLong(Revocation::at))
                .toList();
    }

    /// Why a credential counts no more, or null.
    public @Nullable String refusalOf(Credential credential) {
        Revocation found = inForce.isEmpty() ? null : find(credential);
        return found == null ? null : found.reason();
    }

    private @Nullable Revocation find(Credential credential) {
        Revocation found = find(credential, null);
        for (String appId : credential.appIds()) {
            found = found == null ? find(credential, appId) : found;
        }
        return found;
    }

    private @Nullable Revocation find(Credential credential, @Nullable String appId) {
        for (Kind kind : Kind.values()) {
            String id =
                    switch (kind) {
                        case TOKEN -> credential.tokenId();
                        case CLIENT -> credential.clientId();
                        case USER -> credential.userId();
                        case APP -> "";
                    };
            Revocation found = inForce.get(new Key(kind, appId, id));
            if (found != null && found.concerns(credential)) {
                return found;
            }
        }
        return null;
    }

    /// When a new token says that it was issued: now, or as soon as no revocation means it.
    long issueTime(ClientRef client, String userId) {
        long time = now();
        Revocation found;
        while ((found = find(client.credential("", time, userId))) != null) {
            time = found.at() + 1;
        }
        return time;
    }

    /// Looks at an old token, if need be, and makes a new one.
    ///
    /// @param appId the app of the tokens, or null for none
    <T> T whileIssuing(@Nullable String appId, Supplier<T> issuing) {
        Lock inAll = ofAll.readLock();
        Lock inApp = lockOf(appId).readLock();
        inAll.lock();
        inApp.lock();
        try {
            return issuing.get();
        } finally {
            inApp.unlock();
            inAll.unlock();
        }
    }

    private long now() {
        return clock.instant().getEpochSecond();
    }

    private static Key keyOf(Revocation revocation) {
        return new Key(revocation.kind(), revocation.appId(), revocation.id());
    }
}
