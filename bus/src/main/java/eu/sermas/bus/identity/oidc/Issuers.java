package eu.sermas.bus.identity.oidc;

import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.time.BusClock;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The issuers of the configuration, by their `iss`, and the clockwork that fetches their keys. Has
/// no thread and no HTTP client where there are none.
public final class Issuers implements AutoCloseable {

    public static final Issuers NONE = new Issuers(Map.of(), null, null);

    private final Map<String, Issuer> byIss;
    private final @Nullable HttpClient http;
    private final @Nullable ScheduledExecutorService clockwork;

    private Issuers(
            Map<String, Issuer> byIss,
            @Nullable HttpClient http,
            @Nullable ScheduledExecutorService clockwork) {
        this.byIss = Map.copyOf(byIss);
        this.http = http;
        this.clockwork = clockwork;
    }

    /// Begins to fetch keys and does not wait for them: an issuer that is down holds up nobody.
    public static Issuers open(List<IssuerSettings> settings, BusClock clock, Metrics metrics) {
        if (settings.isEmpty()) {
            return NONE;
        }
        HttpClient http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(IssuerSettings.KeyPolicy.DEFAULT.timeout())
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .build();
        Map<String, Issuer> byIss = new HashMap<>();
        for (IssuerSettings one : settings) {
            byIss.put(one.issuer(), new Issuer(one, http, clock, metrics.issuer(one.name())));
        }
        ScheduledExecutorService clockwork =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("issuer-keys").factory());
        Issuers issuers = new Issuers(byIss, http, clockwork);
        issuers.all().forEach(issuers::refresh);
        return issuers;
    }

    /// The issuer that calls itself so, or null.
    public @Nullable Issuer of(String iss) {
        return byIss.get(iss);
    }

    /// The issuer that is called so here, or null.
    public @Nullable Issuer named(String name) {
        return all().stream().filter(one -> one.name().equals(name)).findAny().orElse(null);
    }

    public boolean isEmpty() {
        return byIss.isEmpty();
    }

    private Collection<Issuer> all() {
        return byIss.values();
    }

    private void refresh(Issuer issuer) {
        CompletableFuture<Void> done = issuer.refresh().toCompletableFuture();
        var _ = done.whenComplete((_, _) -> scheduleNext(issuer));
    }

    private void scheduleNext(Issuer issuer) {
        Duration wait = issuer.untilNext();
        ScheduledExecutorService timer = clockwork;
        if (wait == null || timer == null) {
            return;
        }
        try {
            var _ = timer.schedule(() -> refresh(issuer), wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException _) {
            // closed meanwhile
        }
    }

    @Override
    public void close() {
        if (clockwork != null) {
            clockwork.shutdownNow();
        }
        if (http != null) {
            http.shutdown(); // what is under way ends by its timeout
        }
    }
}
