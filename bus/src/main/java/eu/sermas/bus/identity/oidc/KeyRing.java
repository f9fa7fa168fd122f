package eu.sermas.bus.identity.oidc;

import eu.sermas.bus.identity.oidc.IssuerSettings.KeyPolicy;
import eu.sermas.bus.metrics.IssuerMetrics;
import eu.sermas.bus.packet.Printable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The keys of one issuer, fetched regularly and whenever a token names one that is not here.
///
/// While the issuer does not answer, the last keys go on to count for as long as is configured: it
/// may be down without anybody noticing who has a token. A key that it has withdrawn counts no more
/// once the keys were fetched without it. Whoever sends tokens with keys that were made up causes
/// one fetch in each pause, not one for each token.
///
/// Safe for use by many threads. Nothing blocks: fetching is the business of the HTTP client.
final class KeyRing {

    private static final Logger LOG = LoggerFactory.getLogger(KeyRing.class);
    private static final int LONGEST_REASON = 200;

    private record Fetched(KeySet keys, Instant at) {}

    private final String issuer;
    private final KeyPolicy policy;
    private final Supplier<CompletableFuture<KeySet>> fetch;
    private final InstantSource clock;
    private final IssuerMetrics metrics;

    private volatile @Nullable Fetched last;

    // Guarded by this.
    private @Nullable CompletableFuture<Void> underway;
    private Instant nextTry = Instant.MIN;
    private int failures;

    KeyRing(
            String issuer,
            KeyPolicy policy,
            Supplier<CompletableFuture<KeySet>> fetch,
            InstantSource clock,
            IssuerMetrics metrics) {
        this.issuer = issuer;
        this.policy = policy;
        this.fetch = fetch;
        this.clock = clock;
        this.metrics = metrics;
        metrics.keyAge(this::ageSeconds);
    }

    /// Those that count now; none where they are too old.
    KeySet keys() {
        Fetched known = last;
        return known == null || age(known).compareTo(policy.keep()) > 0
                ? KeySet.NONE
                : known.keys();
    }

    /// Fetches them unless that is under way or was done a moment ago.
    ///
    /// @return completes once it is done, with or without success; null where it is too early
    synchronized @Nullable CompletionStage<Void> refresh() {
        if (underway != null) {
            return underway;
        }
        Instant now = clock.instant();
        if (now.isBefore(nextTry)) {
            return null;
        }
        nextTry = now.plus(policy.pause());
        CompletableFuture<Void> done = new CompletableFuture<>();
        underway = done;
        var _ = begin().whenComplete((keys, failure) -> finish(keys, failure, done));
        return done;
    }

    private CompletableFuture<KeySet> begin() {
        try {
            return fetch.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void finish(
            @Nullable KeySet keys, @Nullable Throwable failure, CompletableFuture<Void> done) {
        synchronized (this) {
            underway = null;
            if (keys != null) {
                succeeded(keys);
            } else {
                failed(failure);
            }
        }
        done.complete(null);
    }

    private void succeeded(KeySet keys) {
        Fetched before = last;
        if (failures > 0 || before == null) {
            LOG.info("issuer {}: {} keys fetched", issuer, keys.keys().size());
        }
        if (keys.unreadable() > 0
                && (before == null || before.keys().unreadable() != keys.unreadable())) {
            LOG.warn("issuer {}: {} keys cannot be read", issuer, keys.unreadable());
        }
        failures = 0;
        last = new Fetched(keys, clock.instant());
        metrics.fetched(keys.unreadable());
    }

    private void failed(@Nullable Throwable failure) {
        failures++;
        metrics.failed();
        if (failures == 1 || failures % 100 == 0) {
            LOG.warn(
                    "issuer {}: keys not fetched: {}; {}",
                    issuer,
                    reason(failure),
                    keys().isEmpty() ? "there are none" : "the last ones count on");
        }
    }

    private static String reason(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException wrapped && wrapped.getCause() != null
                        ? wrapped.getCause()
                        : failure;
        if (cause == null) {
            return "no reason given";
        }
        String message = cause.getMessage();
        return message == null
                ? cause.getClass().getSimpleName()
                : Printable.of(message, LONGEST_REASON);
    }

    /// Whether the last fetch came to nothing.
    synchronized boolean isFailing() {
        return failures > 0;
    }

    /// When the keys are to be fetched again: regularly, and after a failure soon, then later and
    /// later.
    synchronized Duration untilNext() {
        if (failures == 0) {
            return policy.refresh();
        }
        Duration soon = policy.pause().multipliedBy(1L << Math.min(failures - 1, 6));
        return soon.compareTo(policy.refresh()) < 0 ? soon : policy.refresh();
    }

    private Duration age(Fetched known) {
        return Duration.between(known.at(), clock.instant());
    }

    private double ageSeconds() {
        Fetched known = last;
        return known == null ? Double.NaN : age(known).toMillis() / 1_000.0;
    }
}
