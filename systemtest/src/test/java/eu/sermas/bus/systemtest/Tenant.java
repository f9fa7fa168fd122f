package eu.sermas.bus.systemtest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// One app on a bus, with clients that are made as they are needed.
///
/// An app of its own keeps a test apart from all others that share the bus: topics and client ids
/// of different apps never meet.
public final class Tenant {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final BusProcess bus;
    private final Rest admin;
    private final String appId;
    private final Map<String, String> secrets = new ConcurrentHashMap<>();
    private final Map<String, String> tokens = new ConcurrentHashMap<>();

    private Tenant(BusProcess bus, Rest admin, String appId) {
        this.bus = bus;
        this.admin = admin;
        this.appId = appId;
    }

    public static Tenant create(BusProcess bus, Rest admin, String name) {
        var tenant = new Tenant(bus, admin, name + NUMBER.incrementAndGet());
        tenant.importApp(Map.of());
        return tenant;
    }

    /// Creates or replaces the app; `extra` goes into the record as it is.
    public JsonNode importApp(Map<String, Object> extra) {
        var app = new LinkedHashMap<String, Object>();
        app.put("appId", appId);
        app.put("name", appId);
        app.put("modules", List.of());
        app.putAll(extra);
        return admin.post("/api/app/admin/import", List.of(app)).expect(201).json();
    }

    public String appId() {
        return appId;
    }

    public String topic(String rest) {
        return "app/" + appId + "/" + rest;
    }

    /// Makes a client and remembers its secret.
    ///
    /// @param permissions as in `POST /api/platform/app/{appId}/client`
    public Tenant client(String clientId, String... permissions) {
        var body =
                Map.of("clientId", clientId, "name", clientId, "permissions", List.of(permissions));
        var answer = admin.post("/api/platform/app/" + appId + "/client", body).expect(201);
        secrets.put(clientId, answer.text("secret"));
        bus.output().mustNotHold(answer.text("secret"));
        return this;
    }

    public String secret(String clientId) {
        return Objects.requireNonNull(secrets.get(clientId), clientId);
    }

    /// A token of the client; the same one each time, because the bus slows down those who ask
    /// without end.
    public String token(String clientId) {
        return tokens.computeIfAbsent(clientId, this::freshToken);
    }

    public String freshToken(String clientId) {
        return bus.rest().token(appId, clientId, secret(clientId));
    }

    public Rest rest(String clientId) {
        return bus.rest().as(token(clientId));
    }
}
