package eu.sermas.bus.systemtest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/// A real Keycloak in development mode, in a process of its own, with a realm as SERMAS has it.
///
/// Its first start builds the server, which takes most of its time.
final class Keycloak implements AutoCloseable {

    static final String REALM = "sermas-local";

    private static final String ADMIN = "temporary-admin";
    private static final Duration READY_WITHIN = Duration.ofMinutes(4);
    private static final int STOP_WITHIN_SECONDS = 20;
    private static final Map<String, String> FORM =
            Map.of("Content-Type", "application/x-www-form-urlencoded");

    private final Path home = Path.of(System.getProperty("keycloak.home"));
    private final int port = BusProcess.freePort();
    private final Path output;
    private final Process process;

    private Keycloak() throws IOException {
        output = Files.createTempFile("keycloak", ".txt");
        Path data = home.resolve("data");
        removeAll(data);
        Files.createDirectories(data.resolve("import"));
        try (InputStream realm =
                Objects.requireNonNull(
                        Keycloak.class.getResourceAsStream("/keycloak/" + REALM + ".json"))) {
            Files.copy(
                    realm,
                    data.resolve("import").resolve(REALM + ".json"),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        var builder =
                new ProcessBuilder(
                        "sh",
                        home.resolve("bin/kc.sh").toString(),
                        "start-dev",
                        "--http-host=127.0.0.1",
                        "--http-port=" + port,
                        "--import-realm");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("KC_BOOTSTRAP_ADMIN_USERNAME", ADMIN);
        builder.environment().put("KC_BOOTSTRAP_ADMIN_PASSWORD", ADMIN);
        builder.environment().put("JAVA_OPTS_KC_HEAP", "-Xms64m -Xmx384m");
        builder.environment()
                .put(
                        "JAVA_OPTS_APPEND",
                        "-XX:TieredStopAtLevel=1 --add-opens=java.base/java.lang=ALL-UNNAMED");
        process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    }

    static Keycloak start() {
        try {
            var keycloak = new Keycloak();
            try {
                keycloak.awaitReady();
                return keycloak;
            } catch (RuntimeException e) {
                var printed = Files.readString(keycloak.output);
                keycloak.close();
                throw new AssertionError("Keycloak did not start\n" + printed, e);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReady() {
        Awaitility.await("Keycloak")
                .atMost(READY_WITHIN)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> !process.isAlive() || isReady());
        if (!process.isAlive()) {
            throw new IllegalStateException("exit status " + process.exitValue());
        }
    }

    private boolean isReady() {
        try {
            return rest().get("/realms/" + REALM + "/.well-known/openid-configuration").status()
                    == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    String issuer() {
        return "http://127.0.0.1:" + port + "/realms/" + REALM;
    }

    private Rest rest() {
        return new Rest(URI.create("http://127.0.0.1:" + port));
    }

    /// The token of a service account.
    String clientToken(String clientId, String secret) {
        return token(
                rest(),
                REALM,
                Map.of(
                        "grant_type", "client_credentials",
                        "client_id", clientId,
                        "client_secret", secret));
    }

    /// The token of a user who logs in through a public client.
    String userToken(String clientId, String username, String password) {
        return token(
                rest(),
                REALM,
                Map.of(
                        "grant_type", "password",
                        "client_id", clientId,
                        "username", username,
                        "password", password));
    }

    /// A requesting party token, with what the holder of another token may do at a resource server.
    String permissions(String token, String resourceServer) {
        return token(
                rest().as(token),
                REALM,
                Map.of(
                        "grant_type",
                        "urn:ietf:params:oauth:grant-type:uma-ticket",
                        "audience",
                        resourceServer));
    }

    private static String token(Rest as, String realm, Map<String, String> fields) {
        var form =
                fields.entrySet().stream()
                        .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), UTF_8))
                        .collect(Collectors.joining("&"));
        return as.send(
                        "POST",
                        "/realms/" + realm + "/protocol/openid-connect/token",
                        FORM,
                        BodyPublishers.ofString(form))
                .expect(200)
                .text("access_token");
    }

    private Rest admin() {
        var fields =
                Map.of(
                        "grant_type",
                        "password",
                        "client_id",
                        "admin-cli",
                        "username",
                        ADMIN,
                        "password",
                        ADMIN);
        return rest().as(token(rest(), "master", fields));
    }

    /// From now on it signs with a new key; the old one remains published.
    void rotateKeys() {
        var provider =
                Map.of(
                        "name", "rotated",
                        "providerId", "rsa-generated",
                        "providerType", "org.keycloak.keys.KeyProvider",
                        "config", Map.of("priority", new String[] {"1000"}));
        admin().post("/admin/realms/" + REALM + "/components", provider).expect(201);
    }

    /// Gives or takes the client's own role, for its service account.
    void grant(String clientId, String role, boolean granted) {
        var admin = admin();
        var realm = "/admin/realms/" + REALM;
        var client = first(admin, realm + "/clients?clientId=" + clientId);
        var roles = realm + "/clients/" + client + "/roles/" + role;
        var user = first(admin, realm + "/users?exact=true&username=service-account-" + clientId);
        var mapping = realm + "/users/" + user + "/role-mappings/clients/" + client;
        var body = new JsonNode[] {admin.get(roles).expect(200).json()};
        admin.send(granted ? "POST" : "DELETE", mapping, body).expect(204);
    }

    private static String first(Rest admin, String path) {
        var found = admin.get(path).expect(200).json();
        assertThat(found).as(path).hasSize(1);
        return found.get(0).get("id").asText();
    }

    /// Ends the process, and waits for that.
    void stop() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(STOP_WITHIN_SECONDS, SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        stop();
        try {
            removeAll(home.resolve("data"));
            Files.deleteIfExists(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void removeAll(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
