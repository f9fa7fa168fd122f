package eu.sermas.bus.rest;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.audit.AuditEntry;
import eu.sermas.bus.audit.DenialFeed;
import eu.sermas.bus.broker.Broker;
import eu.sermas.bus.broker.DurabilityPolicy;
import eu.sermas.bus.broker.Features;
import eu.sermas.bus.broker.Limits;
import eu.sermas.bus.broker.LocalClient;
import eu.sermas.bus.broker.TokenCheck;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.http.Forwarding;
import eu.sermas.bus.http.HttpBudget;
import eu.sermas.bus.http.HttpRules;
import eu.sermas.bus.http.Origins;
import eu.sermas.bus.identity.Identity;
import eu.sermas.bus.identity.IdentitySettings;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.rest.http.Json;
import eu.sermas.bus.rest.identity.EventPublisher;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.memory.MemoryStore;
import eu.sermas.bus.time.BusClock;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// The API with a real identity behind it and everything that it published. Two apps, `alpha` and
/// `beta`, each with the clients `full` (`*`), `talk` (`dialogue`) and `keeper` (`platform`), whose
/// secret is `secret`; the administrator `admin` and the user `carol`, whose password is theirs
/// with a 1 behind it.
public final class Platform implements AutoCloseable {

    public final List<AuditEntry> audited = new CopyOnWriteArrayList<>();
    public final List<Message> published = new CopyOnWriteArrayList<>();
    public final DenialFeed denials =
            DenialFeed.start(InstantSource.system(), new Shares(1 << 20, 4));
    private final BusClock clock = BusClock.ofSystem(null);
    public final RestApi api;
    public final RestServer server;
    public final Identity identity;

    /// The principal who has an MQTT connection, under the identifier `mqttjs_1`.
    private static final String CONNECTED = "client:alpha/talk";

    private static final Login SYSTEM =
            new Login(
                    new Principal(
                            Principal.Kind.SYSTEM,
                            "witness",
                            Set.of(),
                            "witness",
                            null,
                            "",
                            Set.of()),
                    AccessRights.system(),
                    Long.MAX_VALUE,
                    "");

    public final Broker broker;
    private final LiveCatalogue catalogue = LiveCatalogue.standard();
    private final OneLoop loop;
    private final Map<String, String> tokens;

    public Platform() throws IOException, InterruptedException {
        this(RestLimits.DEFAULT);
    }

    public Platform(RestLimits limits) throws IOException, InterruptedException {
        this(limits, new MemoryStore());
    }

    public Platform(RestLimits limits, Store store) throws IOException, InterruptedException {
        EventPublisher events = new EventPublisher(published::add, InstantSource.system());
        identity =
                Identity.open(
                        store, IdentitySettings.DEFAULTS, clock, new Metrics(), catalogue, events);
        identity.users().setAdmin("admin", "admin1");
        loop = new OneLoop();
        broker =
                new Broker(
                        Limits.DEFAULT,
                        Features.DEFAULT,
                        TokenCheck.NONE,
                        List.of(loop),
                        clock,
                        new Metrics(),
                        DurabilityPolicy.DEFAULT);
        broker.reportDenials(denials);
        LocalClient witness =
                broker.connectLocally("witness", SYSTEM, hears()).toCompletableFuture().join();
        witness.subscribe(List.of(TopicFilter.of("#"))).toCompletableFuture().join();
        api =
                RestApi.of(
                        limits,
                        new HttpRules(
                                Origins.ANY, new HttpBudget(64 << 20, 256, 16), Forwarding.NONE),
                        identity,
                        new RestApi.BrokerDoors(
                                message -> broker.publish(message).thenAccept(_ -> {}),
                                broker::connectLocally,
                                this::renew,
                                broker::sessionsOf,
                                broker::quotaOf,
                                broker::payloadCheck,
                                broker::sharesOf,
                                broker.live()),
                        denials,
                        audited::add,
                        catalogue,
                        new Metrics(),
                        clock,
                        () -> null,
                        "1.2.3");
        server = new RestServer(api);
        String admin = login("admin", "admin1");
        send("POST", "/api/auth/admin/user", admin, "{'username':'carol','password':'carol1'}");
        for (String app : List.of("alpha", "beta")) {
            send("POST", "/api/app/admin/import", admin, "[" + app(app) + "]");
        }
        tokens =
                Map.of(
                        "admin", admin,
                        "carol", login("carol", "carol1"),
                        "full", token("alpha", "full"),
                        "talk", token("alpha", "talk"),
                        "keeper", token("alpha", "keeper"),
                        "broken", "e30.e30.x");
        published.clear();
    }

    private static String app(String appId) {
        return """
        {'appId':'%s','name':'App %s','public':true,
         'tools':[{'name':'t','request':{'url':'http://t','bearer':'hidden-bearer'}}],
         'clients':[
          {'clientId':'full','secret':'secret','permissions':['*']},
          {'clientId':'talk','secret':'secret','permissions':['dialogue']},
          {'clientId':'keeper','secret':'secret','permissions':['platform.*']}]}
        """
                .formatted(appId, appId);
    }

    /// @param body JSON, with single quotes for double ones
    public HttpResponse<String> send(
            String method, String path, @Nullable String token, String body)
            throws IOException, InterruptedException {
        return server.call(method, path, token, body.replace('\'', '"'));
    }

    /// The same in the name of one of the known callers; `-` is nobody.
    public HttpResponse<String> as(String caller, String method, String path, String body)
            throws IOException, InterruptedException {
        return send(method, path, tokens.get(caller), body);
    }

    public String token(String appId, String clientId) throws IOException, InterruptedException {
        return accessToken(
                send(
                        "POST",
                        "/api/platform/token",
                        null,
                        "{'appId':'%s','clientId':'%s','clientSecret':'secret'}"
                                .formatted(appId, clientId)));
    }

    /// What a principal may do now, by the registry.
    public AccessRights rightsOf(String principalId) {
        return Objects.requireNonNull(identity.rights().apply(principalId));
    }

    private String login(String name, String password) throws IOException, InterruptedException {
        return accessToken(
                send(
                        "POST",
                        "/api/auth/login",
                        null,
                        "{'username':'%s','password':'%s'}".formatted(name, password)));
    }

    private static String accessToken(HttpResponse<String> answer) throws IOException {
        JsonNode token = Json.MAPPER.readTree(answer.body()).path("access_token");
        if (answer.statusCode() != 201 || !token.isTextual()) {
            throw new AssertionError(answer.statusCode() + ": " + answer.body());
        }
        return token.asText();
    }

    @Override
    public void close() {
        server.close();
        denials.close();
        loop.close();
    }

    private CompletionStage<Boolean> renew(Login login, String clientId) {
        return login.principal().id().equals(CONNECTED) && clientId.equals("mqttjs_1")
                ? CompletableFuture.completedFuture(true)
                : broker.renew(login, clientId);
    }

    private LocalClient.Listener hears() {
        return new LocalClient.Listener() {
            @Override
            public void received(Message message, boolean retained) {
                published.add(message);
            }

            @Override
            public void dropped(TopicFilter filter, String reason) {}

            @Override
            public void ended(ReasonCode reason, String reasonString) {}
        };
    }
}
