package eu.sermas.bus.systemtest.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.Rest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Apps of one bus, made by its administrator. All secrets and passwords are the same.
record Apps(BusProcess bus, Rest admin) {

    static final String SECRET = "a-secret-of-the-hostile-tests";
    private static final ObjectMapper JSON = new ObjectMapper();

    static Apps of(BusProcess bus) {
        return new Apps(bus, bus.rest().as(adminToken(bus)));
    }

    static String adminToken(BusProcess bus) {
        return bus.rest().login("admin", "an-admin-password-of-the-tests");
    }

    /// @return the id of the user
    String user(String name) {
        var user = Map.of("username", name, "email", name + "@example.org", "password", SECRET);
        admin.post("/api/auth/admin/user", user).expect(201);
        return claim(login(name), "sub");
    }

    String login(String name) {
        return bus.rest().login(name, SECRET);
    }

    /// Creates an app with clients and what each of them may do.
    Apps make(String appId, String ownerId, Map<String, List<String>> clients) {
        var parts = new ArrayList<Map<String, Object>>();
        clients.forEach(
                (id, permissions) ->
                        parts.add(
                                Map.of(
                                        "clientId",
                                        id,
                                        "name",
                                        id,
                                        "secret",
                                        SECRET,
                                        "permissions",
                                        permissions)));
        var app = new LinkedHashMap<String, Object>();
        app.put("appId", appId);
        app.put("name", appId);
        app.put("ownerId", ownerId);
        app.put("modules", List.of());
        app.put("clients", parts);
        admin.post("/api/app", app).expect(201);
        return this;
    }

    void remove(String appId) {
        admin.delete("/api/app/" + appId).expect(200);
    }

    /// What the bus answers to `POST /api/platform/token` with the right secret.
    JsonNode tokens(String appId, String clientId) {
        var body = Map.of("appId", appId, "clientId", clientId, "clientSecret", SECRET);
        return bus.rest().post("/api/platform/token", body).expect(201).json();
    }

    String token(String appId, String clientId) {
        return tokens(appId, clientId).path("access_token").asText();
    }

    static String claim(String token, String name) {
        var payload = Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]);
        try {
            return JSON.readTree(new String(payload, UTF_8)).path(name).asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
