package eu.sermas.bus.identity.remote;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import eu.sermas.bus.json.JsonLimits;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the decision server over HTTP, each question on a virtual thread, so many at a time.
///
/// After a failure nobody asks for a moment: a server that is down is not made to wait for by every
/// client in turn.
final class DecisionServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DecisionServer.class);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_ANSWER = 64 * 1024;
    private static final JsonMapper JSON = JsonLimits.ANSWER.mapper().build();

    private final RemoteSettings settings;
    private final LongSupplier nanoTime;
    private final Semaphore turns;
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("remote-", 0).factory());
    private final HttpClient http;

    private volatile boolean failing;
    private volatile long failedAt;

    DecisionServer(RemoteSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.turns = new Semaphore(settings.concurrency(), true);
        this.http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(settings.timeout())
                        .executor(threads)
                        .build();
    }

    /// Whether the last question was not answered.
    boolean isFailing() {
        return failing;
    }

    /// Whether nobody asks for a moment.
    boolean isPausing() {
        return failing && nanoTime.getAsLong() - failedAt < PAUSE_NANOS;
    }

    /// @param path behind the configured address
    /// @return completes with the answer, or with a [RemoteUnavailableException]
    CompletableFuture<Boolean> ask(String path, String token, Map<String, String> parameters) {
        if (isPausing()) {
            return CompletableFuture.failedFuture(
                    new RemoteUnavailableException("decision server: does not answer"));
        }
        HttpRequest request;
        try {
            request = request(path, token, parameters);
        } catch (IllegalArgumentException _) {
            return CompletableFuture.completedFuture(false); // not fit for a header, so no token
        }
        return CompletableFuture.supplyAsync(() -> inTurn(request), threads);
    }

    private HttpRequest request(String path, String token, Map<String, String> parameters) {
        boolean json = settings.body() == RemoteSettings.Body.JSON;
        return HttpRequest.newBuilder(URI.create(settings.url() + path))
                .timeout(settings.timeout())
                .header("Authorization", "Bearer " + token)
                .header(
                        "Content-Type",
                        json ? "application/json" : "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(json ? json(parameters) : form(parameters)))
                .build();
    }

    private static String form(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static String json(Map<String, String> parameters) {
        var body = JSON.createObjectNode();
        parameters.forEach(
                (name, value) -> {
                    if (name.equals("acc")) {
                        body.put(name, Integer.parseInt(value));
                    } else {
                        body.put(name, value);
                    }
                });
        return body.toString();
    }

    private boolean inTurn(HttpRequest request) {
        Duration patience = settings.timeout();
        try {
            if (!turns.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw failed("more questions than it answers in " + patience.toMillis() + " ms");
            }
            try {
                return answer(
                        http.send(
                                request,
                                BodyHandlers.limiting(BodyHandlers.ofString(), LONGEST_ANSWER)));
            } finally {
                turns.release();
            }
        } catch (IOException e) {
            throw failed(e.toString());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new RemoteUnavailableException("decision server: not asked any more");
        }
    }

    private boolean answer(HttpResponse<String> response) throws IOException {
        int status = response.statusCode();
        boolean refused = status >= 400 && status < 500 && status != 408 && status != 429;
        if (!refused && status / 100 != 2) {
            throw new IOException("status " + status + " (expected: 2xx or 4xx)");
        }
        if (failing) {
            failing = false;
            LOG.info("decision server answers again");
        }
        return !refused
                && switch (settings.answer()) {
                    case STATUS -> true;
                    case TEXT -> response.body().strip().equals("ok");
                    case JSON -> isOk(response.body());
                };
    }

    private static boolean isOk(String body) throws IOException {
        try {
            return JSON.readTree(body).path("ok").asBoolean(false);
        } catch (JsonProcessingException _) {
            throw new IOException("answer is not JSON (expected: {\"ok\":true})");
        }
    }

    private RemoteUnavailableException failed(String why) {
        failedAt = nanoTime.getAsLong();
        if (!failing) {
            failing = true;
            LOG.warn("decision server {} does not answer: {}", settings.url(), why);
        }
        return new RemoteUnavailableException("decision server: does not answer");
    }

    @Override
    public void close() {
        threads.shutdownNow();
        http.shutdownNow();
        http.close();
    }
}
