package eu.sermas.bus.systemtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The REST interface, seen through the HTTP client of the JDK.
///
/// @param bearer the token that every request carries, or null for none
public record Rest(URI base, @Nullable String bearer) {

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);
    private static final HttpClient HTTP =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();

    public Rest(URI base) {
        this(base, null);
    }

    public Rest as(String token) {
        return new Rest(base, token);
    }

    public Answer get(String path) {
        return send("GET", path, null);
    }

    public Answer delete(String path) {
        return send("DELETE", path, null);
    }

    public Answer post(String path, Object body) {
        return send("POST", path, body);
    }

    public Answer put(String path, Object body) {
        return send("PUT", path, body);
    }

    /// Sends a string as it is and everything else as JSON.
    public Answer send(String method, String path, @Nullable Object body) {
        var text = body == null || body instanceof String ? (String) body : Answer.toJson(body);
        var publisher = text == null ? BodyPublishers.noBody() : BodyPublishers.ofString(text);
        var headers = text == null ? Map.<String, String>of() : JSON;
        return send(method, path, headers, publisher);
    }

    public Answer send(
            String method, String path, Map<String, String> headers, BodyPublisher body) {
        var request =
                HttpRequest.newBuilder(base.resolve(path))
                        .timeout(ANSWER_WITHIN)
                        .method(method, body);
        headers.forEach(request::header);
        if (bearer != null) {
            request.header("Authorization", "Bearer " + bearer);
        }
        try {
            var response = HTTP.send(request.build(), BodyHandlers.ofByteArray());
            return new Answer(
                    method + " " + path,
                    response.statusCode(),
                    response.headers(),
                    response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A token by `POST /api/auth/login`.
    public String login(String username, String password) {
        return post("/api/auth/login", Map.of("username", username, "password", password))
                .expect(201)
                .text("access_token");
    }

    /// A token by `POST /api/platform/token`.
    public String token(String appId, String clientId, String secret) {
        var body = Map.of("appId", appId, "clientId", clientId, "clientSecret", secret);
        return post("/api/platform/token", body).expect(201).text("access_token");
    }

    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");
}
