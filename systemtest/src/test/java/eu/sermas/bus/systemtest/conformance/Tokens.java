package eu.sermas.bus.systemtest.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

/// The app and the clients of the guarded bus, and how they come by their tokens.
public final class Tokens {

    public static final String APP = "myapp";

    /// The client that the tests connect as.
    public static final String CLIENT = "my-app-client";

    /// Another one of the same app.
    public static final String OTHER_CLIENT = "another-client";

    private static final String SECRET = "secret-password";

    private Tokens() {}

    /// A new token, fetched over REST.
    ///
    /// @param port of the guarded bus
    public static String fetch(int port, String clientId) {
        var body = Map.of("appId", APP, "clientId", clientId, "clientSecret", SECRET);
        try (var http = HttpClient.newHttpClient()) {
            var json = new ObjectMapper();
            var request =
                    HttpRequest.newBuilder(
                                    URI.create("http://localhost:" + port + "/api/platform/token"))
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofByteArray(json.writeValueAsBytes(body)))
                            .build();
            var response = http.send(request, BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isBetween(200, 201);
            return json.readTree(response.body()).get("access_token").asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
