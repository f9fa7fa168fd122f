package eu.sermas.bus.cli.common;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import eu.sermas.bus.json.JsonLimits;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Asks a bus for the access token of a client.
///
/// @param base such as `http://localhost:8080`
public record TokenRequest(URI base, String appId, String clientId, String secret) {

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int LONGEST_ANSWER = 300;

    /// Too many attempts, nobody behind a proxy, no room: what may be otherwise soon.
    private static final Set<Integer> PASSING = Set.of(429, 502, 503, 504);

    /// Leaves the secret out.
    @Override
    public String toString() {
        return "TokenRequest[" + base + ", " + appId + ", " + clientId + "]";
    }

    /// @param tls null for the certificates that the JDK trusts
    /// @throws IOException where the bus cannot be reached, or has no token now but may have soon
    public String send(@Nullable SSLContext tls) throws CommandFailed, IOException {
        JsonMapper mapper = JsonLimits.ANSWER.mapper().build();
        try (HttpClient client = client(tls)) {
            String body =
                    mapper.writeValueAsString(
                            Map.of("appId", appId, "clientId", clientId, "clientSecret", secret));
            HttpRequest request =
                    HttpRequest.newBuilder(base.resolve("/api/platform/token"))
                            .timeout(PATIENCE)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build();
            return tokenIn(client.send(request, HttpResponse.BodyHandlers.ofString()), mapper);
        } catch (JacksonException e) {
            throw new CommandFailed(base + " did not answer with JSON; is it a sermas-bus?");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted");
        }
    }

    private static HttpClient client(@Nullable SSLContext tls) {
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(PATIENCE);
        return (tls == null ? builder : builder.sslContext(tls)).build();
    }

    private String tokenIn(HttpResponse<String> response, JsonMapper mapper)
            throws CommandFailed, IOException {
        int status = response.statusCode();
        if (status / 100 != 2) {
            String text = response.body().strip();
            String problem =
                    "no token: HTTP %d %s"
                            .formatted(
                                    status,
                                    text.substring(0, Math.min(text.length(), LONGEST_ANSWER)));
            if (PASSING.contains(status)) {
                throw new IOException(problem);
            }
            throw new CommandFailed(problem);
        }
        JsonNode token = mapper.readTree(response.body()).path("access_token");
        if (!token.isTextual()) {
            throw new CommandFailed(base + " answered without an access_token");
        }
        return token.asText();
    }
}
