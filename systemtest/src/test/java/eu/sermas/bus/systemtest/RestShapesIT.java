package eu.sermas.bus.systemtest;

import static java.util.Locale.ROOT;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The outward form of REST: errors, CORS, the documents that describe it, health and metrics.
@ExtendWith(SharedBus.class)
class RestShapesIT {

    private final BusProcess bus;
    private final Rest rest;

    RestShapesIT(BusProcess bus) {
        this.bus = bus;
        this.rest = bus.rest();
    }

    @Test
    void errorsHaveTheShapeThatClientsLookFor() {
        var unknown = rest.get("/api/nothing").expectError(404, "Cannot GET /api/nothing");
        assertThat(unknown.text("error")).isEqualTo("Not Found");

        var unauthorized = rest.get("/api/app/list").expectError(401, "Unauthorized");
        assertThat(unauthorized.json().has("error")).isFalse();

        rest.as("abc").get("/api/app/list").expectError(401, "Unauthorized");
    }

    @Test
    void forbiddenNamesTheGuard(Rest admin) {
        var tenant = Tenant.create(bus, admin, "shapes").client("plain", "ui");
        var path = "/api/auth/admin/user";

        var forbidden =
                tenant.rest("plain")
                        .post(path, Map.of("username", "x", "password", "y", "email", "x@y.z"));

        forbidden.expect(403);
        assertThat(forbidden.text("error")).isEqualTo("Forbidden");
        assertThat(forbidden.json().path("statusCode").asInt()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/.well-known/sermas.json", "/api/.well-known/sermas.json"})
    void theWellKnownDocumentNamesTheOthers(String path) {
        var document = rest.get(path).expect(200);

        assertThat(document.text("openapiSpec")).isEqualTo("/api/swagger-json");
        assertThat(document.text("asyncapiSpec")).isEqualTo("/api/async-json");
    }

    @Test
    void everyOriginMayAsk() {
        var preflight =
                Map.of(
                        "Origin", "http://kiosk.example",
                        "Access-Control-Request-Method", "PUT",
                        "Access-Control-Request-Headers", "authorization,content-type");
        var options =
                rest.send("OPTIONS", "/api/platform/token", preflight, BodyPublishers.noBody());

        options.expect(204);
        assertThat(options.header("access-control-allow-origin")).isEqualTo("*");
        assertThat(options.header("access-control-allow-methods"))
                .contains("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE");
        assertThat(options.header("access-control-allow-headers").toLowerCase(ROOT))
                .contains("authorization", "content-type");
        var simple = Map.of("Origin", "http://kiosk.example");
        assertThat(
                        rest.send("GET", "/api/app", simple, BodyPublishers.noBody())
                                .expect(200)
                                .header("access-control-allow-origin"))
                .isEqualTo("*");
    }

    @Test
    void healthAndMetricsAreThere() {
        rest.get("/health/live").expect(200);
        rest.get("/health/ready").expect(200);
        assertThat(rest.get("/metrics").expect(200).body()).contains("connections_accepted");
        assertThat(rest.get("/api").expect(200).body()).isNotBlank();
    }

    /// The HTTP client of the JDK asks for HTTP/2 by an `Upgrade` header if it is left alone.
    @Test
    void anOfferOfHttp2IsNotInTheWay() throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(bus.uri("http", "/health/ready")).build();

            var answer = http.sendAsync(request, BodyHandlers.ofString()).get(10, SECONDS);

            assertThat(answer.statusCode()).isEqualTo(200);
        }
    }
}
