package eu.sermas.bus.cli.rest;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import eu.sermas.bus.cli.common.CommandFailed;
import eu.sermas.bus.cli.common.Failures;
import eu.sermas.bus.json.JsonLimits;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// The REST API of a bus, for one command.
final class RestClient implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final JsonMapper JSON = JsonLimits.OWN.mapper().build();
    private static final int LONGEST_PROBLEM = 500;

    private final URI base;
    private final HttpClient http;
    private @Nullable String token;

    /// @param tls null for the certificates that the JDK trusts
    RestClient(URI base, @Nullable SSLContext tls) {
        this.base = base;
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(PATIENCE);
        this.http = (tls == null ? builder : builder.sslContext(tls)).build();
    }

    /// A path of these segments, whatever characters they have.
    static String path(String prefix, String... segments) {
        StringBuilder path = new StringBuilder(prefix);
        for (String segment : segments) {
            path.append('/').append(encoded(segment));
        }
        return path.toString();
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// With this token from now on.
    void use(String accessToken) {
        token = accessToken;
    }

    JsonNode get(String path) throws CommandFailed {
        return call("GET", path, null);
    }

    /// @param body what becomes the JSON of the request, or null for none
    /// @return the answer; a missing node where it is empty
    JsonNode call(String method, String path, @Nullable Object body) throws CommandFailed {
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(base.resolve(path)).timeout(PATIENCE);
            if (token != null) {
                request.header("Authorization", "Bearer " + token);
            }
            if (body == null) {
                request.method(method, BodyPublishers.noBody());
            } else {
                request.header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
            }
            return read(http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
        } catch (JacksonException _) {
            throw new CommandFailed(base + " did not answer with JSON; is it a sermas-bus?");
        } catch (IOException e) {
            throw new CommandFailed(base + ": " + Failures.line(e));
        } catch (IllegalArgumentException e) {
            // A token with a line break in it, for example; the token itself is not shown.
            throw new CommandFailed("no request can be made of this: check the token and --url");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted");
        }
    }

    private JsonNode read(HttpResponse<byte[]> response) throws CommandFailed, IOException {
        byte[] body = response.body();
        if (response.statusCode() / 100 == 2) {
            return body.length == 0 ? MissingNode.getInstance() : JSON.readTree(body);
        }
        throw new CommandFailed(problem(response.statusCode(), body));
    }

    private static String problem(int status, byte[] body) {
        String text;
        try {
            text = JSON.readTree(body).path("message").asText();
        } catch (IOException _) {
            text = new String(body, StandardCharsets.UTF_8).strip();
        }
        String said = text.substring(0, Math.min(text.length(), LONGEST_PROBLEM));
        return said.isEmpty() ? "HTTP " + status : said + " (HTTP " + status + ")";
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
