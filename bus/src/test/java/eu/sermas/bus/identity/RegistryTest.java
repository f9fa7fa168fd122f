package eu.sermas.bus.identity;

import static eu.sermas.bus.identity.Bench.SECRET;
import static eu.sermas.bus.identity.Bench.client;
import static eu.sermas.bus.identity.Bench.done;
import static eu.sermas.bus.identity.Bench.module;
import static eu.sermas.bus.identity.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.identity.IdentityEvent.AppChanged;
import eu.sermas.bus.identity.IdentityEvent.AppModuleChanged;
import eu.sermas.bus.identity.IdentityEvent.ClientChanged;
import eu.sermas.bus.identity.IdentityEvent.Operation;
import eu.sermas.bus.identity.IdentityEvent.PlatformModuleChanged;
import eu.sermas.bus.identity.IdentityEvent.PrincipalRemoved;
import eu.sermas.bus.identity.IdentityEvent.RightsChanged;
import eu.sermas.bus.identity.Refusal.Kind;
import eu.sermas.bus.packet.Topic;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryTest {

    private final Bench bench = Bench.withApp();
    private final Registry registry = bench.identity.registry();

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private <T extends IdentityEvent> List<T> events(Class<T> type) {
        return bench.events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static App bare(String appId) {
        return new App(
                appId, false, "", null, "owner", null, null, null, null, null, null, null, null,
                Map.of());
    }

    @Test
    void anAppComesWithItsClients() {
        assertThat(registry.client("myapp", "application").orElseThrow().permissions())
                .containsExactly("*");
        assertThat(registry.client("myapp", "avatar").orElseThrow().permissions())
                .containsExactly("dialogue.*", "detection.user", "performance.*");
        App app = registry.app("myapp").orElseThrow();
        assertThat(app.clients()).extracting(AppClient::id).containsExactly("c1", "c2");
        assertThat(app.createdAt()).isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void nothingThatIsReadOrReportedOrStoredHoldsASecret() throws IOException {
        done(registry.createClient("myapp", client("c3"), AccessRights.system()));
        done(registry.saveModule("myapp", module("robot", "robotics"), AccessRights.system()));
        done(registry.changeSettings("myapp", json("{\"a\":1}"), AccessRights.system()));
        ObjectMapper mapper = new ObjectMapper();
        String read =
                mapper.writeValueAsString(registry.apps())
                        + mapper.writeValueAsString(registry.client("myapp", "c1").orElseThrow())
                        + mapper.writeValueAsString(
                                registry.module("myapp", "avatar").orElseThrow());
        assertThat(read).doesNotContain("ecret");
        assertThat(bench.events.toString()).doesNotContain(SECRET);
        for (ClientChanged event : events(ClientChanged.class)) {
            assertThat(event.client().secret()).isNull();
        }
        for (AppModuleChanged event : events(AppModuleChanged.class)) {
            assertThat(event.module().secret()).isNull();
        }
        assertThat(bench.storedText()).doesNotContain(SECRET).contains("$argon2id$v=19$");
    }

    @Test
    void aSecretThatIsMadeUpIsShownOnce() {
        AppClient made =
                done(
                        registry.createClient(
                                "myapp",
                                new AppClient(null, "n", "c3", null, List.of("ui")),
                                AccessRights.system()));
        assertThat(made.secret()).matches("[A-Za-z0-9_-]{43}");
        assertThat(registry.client("myapp", "c3").orElseThrow().secret()).isNull();
        done(bench.request("myapp", "c3", made.secret()));
        AppClient anonymous =
                done(
                        registry.createClient(
                                "myapp",
                                new AppClient(null, null, null, null, null),
                                AccessRights.system()));
        assertThat(anonymous.id()).matches("[0-9a-f-]{36}");
        assertThat(anonymous.permissions()).as("nothing said is nothing granted").isEmpty();
    }

    @Test
    void withoutPermissionsAClientMayDoEverythingWhereThatIsConfigured() {
        Bench open = new Bench(bench.store, bench.settings.withOpenness(new Openness(false, true)));
        AppClient made =
                done(
                        open.identity
                                .registry()
                                .createClient(
                                        "myapp",
                                        new AppClient(null, null, "any", null, null),
                                        AccessRights.system()));
        assertThat(made.permissions()).containsExactly("*");
    }

    @Test
    void whatIsNotSaidOfAClientThatIsThereStays() {
        App app = registry.app("myapp").orElseThrow();
        AppClient silent = new AppClient(null, null, "c1", null, null);
        done(registry.importApp(app.withParts(null, List.of(silent)), false));
        assertThat(registry.client("myapp", "c1").orElseThrow().permissions())
                .containsExactly("dialogue.messages", "platform.token");
    }

    @Test
    void everythingIsThereAfterARestart() {
        done(registry.saveModule("myapp", module("robot", "robotics.*"), AccessRights.system()));
        done(
                registry.savePlatformModule(
                        new PlatformModule(
                                "m1",
                                null,
                                null,
                                null,
                                List.of("ui"),
                                json("{\"url\":\"u\"}"),
                                Map.of("x", json("1"), "secret", json("\"s\"")))));
        Registry again = new Bench(bench.store, bench.settings).identity.registry();
        assertThat(again.apps()).isEqualTo(registry.apps());
        for (String id : List.of("c1", "c2", "avatar", "robot", "application")) {
            assertThat(again.client("myapp", id)).isEqualTo(registry.client("myapp", id));
        }
        assertThat(again.platformModules()).isEqualTo(registry.platformModules()).hasSize(1);
        assertThat(again.platformModules().getFirst().extra()).containsOnlyKeys("x");
    }

    @Test
    void whatIsRemovedStaysRemoved() {
        done(registry.removeClient("myapp", "c1"));
        done(registry.removeModule("myapp", "avatar"));
        assertThat(registry.removeApp("myapp")).isTrue();
        assertThat(registry.removeApp("myapp")).isFalse();
        Registry again = new Bench(bench.store, bench.settings).identity.registry();
        assertThat(again.apps()).isEmpty();
        assertThat(bench.storedText()).doesNotContain("myapp");
    }

    @ParameterizedTest
    @CsvSource({
        "default, owner, 400, appId: 'default' is reserved",
        "platform, owner, 400, appId: 'platform' is reserved",
        ".., owner, 400, 'appId: expected [A-Za-z0-9._~-]{1,64}'",
        "a/b, owner, 400, 'appId: expected [A-Za-z0-9._~-]{1,64}'",
        "'a b', owner, 400, 'appId: expected [A-Za-z0-9._~-]{1,64}'",
        "a+, owner, 400, 'appId: expected [A-Za-z0-9._~-]{1,64}'",
        "ok, '', 400, ownerId missing",
        "myapp, owner, 409, App myapp already exists"
    })
    void appsThatCannotBe(String appId, String owner, int status, String message) {
        Refusal refusal = refused(registry.createApp(bare(appId).withOwner(owner)));
        assertThat(refusal.kind().status()).isEqualTo(status);
        assertThat(refusal.message()).isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource({
        "c1, ui, Client c1 already exists",
        "avatar, ui, Client avatar already exists",
        "application, ui, Client application already exists",
        "a/b, ui, 'clientId: ''a/b'' (expected: [A-Za-z0-9._~-]{1,64})'",
        "c9, a b, 'permission ''a b'' (expected: resource, resource.scope, resource.*, * or *.*)'"
    })
    void clientsThatCannotBe(String id, String permission, String message) {
        Refusal refusal =
                refused(
                        registry.createClient(
                                "myapp", client(id, permission), AccessRights.system()));
        assertThat(refusal.kind()).isEqualTo(Kind.BAD_REQUEST);
        assertThat(refusal.message()).isEqualTo(message);
    }

    @Test
    void twoClientsMayHaveOneCompositeId() {
        done(registry.createApp(bare("a-b")));
        bench.pass(Duration.ofSeconds(1));
        done(registry.createApp(bare("a")));
        done(registry.createClient("a", client("b-c", "ui"), AccessRights.system()));
        done(registry.createClient("a-b", client("c", "dialogue"), AccessRights.system()));
        assertThat(registry.client("a", "a-b-c")).isEqualTo(registry.client("a", "b-c"));
        assertThat(registry.client("a-b", "a-b-c")).isEqualTo(registry.client("a-b", "c"));
        assertThat(registry.clientsCalled("a-b-c"))
                .containsExactly(new ClientRef("a-b", "c"), new ClientRef("a", "b-c"));
        done(registry.removeClient("a-b", "c"));
        assertThat(registry.clientsCalled("a-b-c")).containsExactly(new ClientRef("a", "b-c"));
        registry.removeApp("a");
        assertThat(registry.clientsCalled("a-b-c")).isEmpty();
    }

    @Test
    void theNamesOfSystemClientsAreTaken() {
        Bench other =
                new Bench(
                        bench.store,
                        bench.settings.withSystemClients(Map.of("myapp-platform", "top-secret")));
        Refusal refusal =
                refused(
                        other.identity
                                .registry()
                                .createClient(
                                        "myapp", client("platform", "ui"), AccessRights.system()));
        assertThat(refusal.kind()).isEqualTo(Kind.CONFLICT);
        assertThat(refusal.message()).contains("'myapp-platform' is that of a system client");
    }

    @Test
    void idsAreExact() {
        assertThat(registry.client("myapp", "myapp-c1")).isEqualTo(registry.client("myapp", "c1"));
        assertThat(registry.client("myapp", "c")).isEmpty();
        assertThat(registry.client("myapp", "x-c1")).isEmpty();
        assertThat(registry.client("other", "myapp-c1")).isEmpty();
    }

    @Test
    void anUpdateThatNamesNoPartsLeavesThemAndItsSecrets() {
        App app = registry.app("myapp").orElseThrow();
        done(registry.importApp(app.withParts(null, null), false));
        assertThat(registry.client("myapp", "c1")).isPresent();
        done(registry.importApp(app, false));
        bench.token("myapp", "c1");
        bench.token("myapp", "avatar");
        assertThat(events(ClientChanged.class)).isEmpty();
        assertThat(events(AppChanged.class))
                .extracting(AppChanged::operation)
                .containsExactly(Operation.UPDATED, Operation.UPDATED);
    }

    @Test
    void anUpdateReplacesThePartsThatItNames() {
        App app = registry.app("myapp").orElseThrow();
        App updated =
                done(
                        registry.importApp(
                                app.withParts(
                                        List.of(module("robot", "robotics")),
                                        List.of(
                                                new AppClient(
                                                        null, null, "c1", null, List.of("xr")))),
                                false));
        assertThat(updated.modules()).extracting(AppModule::secret).containsExactly(SECRET);
        assertThat(registry.client("myapp", "avatar")).isEmpty();
        assertThat(registry.client("myapp", "c2")).isEmpty();
        bench.token("myapp", "c1");
        assertThat(events(ClientChanged.class))
                .extracting(event -> event.operation() + " " + event.client().id())
                .containsExactly("DELETED avatar", "UPDATED c1", "DELETED c2", "CREATED robot");
    }

    @Test
    void aChangeLeavesWhatItDoesNotName() throws IOException {
        done(registry.changeSettings("myapp", json("{\"login\":true}"), AccessRights.system()));
        bench.events.clear();
        App before = registry.app("myapp").orElseThrow();
        App changed = done(registry.changeApp("myapp", change("{}"), AccessRights.system()));
        assertThat(changed).isEqualTo(before);

        App more =
                done(
                        registry.changeApp(
                                "myapp",
                                change(
                                        """
                                        {"description":"d","public":false,"settings":null,
                                         "tasks":[{"taskId":"1"}],
                                         "clients":[{"clientId":"c1","permissions":["xr"]},
                                                    {"clientId":"c9","permissions":["ui"]}],
                                         "modules":[{"moduleId":"avatar","name":"Avatar"}]}
                                        """),
                                AccessRights.system()));
        assertThat(more.name()).isEqualTo("An app");
        assertThat(more.description()).isEqualTo("d");
        assertThat(more.isPublic()).isFalse();
        assertThat(more.settings()).isNull();
        assertThat(more.extra()).containsOnlyKeys("tasks");
        assertThat(more.clients()).extracting(AppClient::id).containsExactly("c1", "c2", "c9");
        assertThat(more.modules())
                .singleElement()
                .returns("Avatar", AppModule::name)
                .returns(List.of("dialogue", "detection.user", "performance"), AppModule::supports);
        bench.token("myapp", "c1");
        bench.token("myapp", "avatar");
        assertThat(registry.client("myapp", "c1").orElseThrow().permissions())
                .containsExactly("xr");
        assertThat(events(ClientChanged.class))
                .extracting(event -> event.operation() + " " + event.client().id())
                .containsExactly("UPDATED avatar", "UPDATED c1", "CREATED c9");
    }

    /// Or each repetition would make another one.
    @Test
    void aClientOfAChangeHasAName() throws IOException {
        assertThat(
                        refused(
                                        registry.changeApp(
                                                "myapp",
                                                change("{\"clients\":[{\"name\":\"x\"}]}"),
                                                AccessRights.system()))
                                .message())
                .isEqualTo("clients: clientId missing");
    }

    private static AppChange change(String json) throws IOException {
        return new ObjectMapper().readValue(json, AppChange.class);
    }

    @Test
    void toolsKeepTheirCredentialsForTheOwnerAlone() {
        JsonNode tools =
                json(
                        "[{\"name\":\"t\",\"request\":{\"url\":\"u\",\"basic\":{\"password\":\"pp\"},"
                                + "\"bearer\":{\"token\":\"tt\"},\"headers\":{\"X\":\"hh\"}}}]");
        done(registry.changeTools("myapp", tools));
        assertThat(registry.app("myapp").orElseThrow().tools()).isEqualTo(tools);
        JsonNode expected = json("[{\"name\":\"t\",\"request\":{\"url\":\"u\"}}]");
        assertThat(registry.app("myapp").orElseThrow().withoutCredentials().tools())
                .isEqualTo(expected);
        assertThat(events(AppChanged.class))
                .extracting(event -> event.app().tools())
                .containsExactly(expected);
    }

    @Test
    void unknownFieldsAreKept() throws IOException {
        App app =
                new ObjectMapper()
                        .readValue(
                                """
                                {"appId":"x","ownerId":"o","public":true,"tasks":[{"taskId":"1"}],
                                 "rag":{"k":1},"future":"f",
                                 "modules":[{"moduleId":"m","supports":["ui"],"more":true}]}
                                """,
                                App.class);
        done(registry.createApp(app));
        App again =
                new Bench(bench.store, bench.settings).identity.registry().app("x").orElseThrow();
        assertThat(again.extra()).containsOnlyKeys("tasks", "rag", "future");
        assertThat(again.isPublic()).isTrue();
        assertThat(again.modules())
                .singleElement()
                .extracting(AppModule::extra)
                .asString()
                .contains("more");
    }

    // ---- what changes mean for who is connected

    @Test
    void changedGrantsAreInForceAtOnce() {
        bench.accepted(bench.token("myapp", "c1"));
        App app = registry.app("myapp").orElseThrow();
        bench.events.clear();
        done(
                registry.importApp(
                        app.withParts(null, List.of(client("c1", "xr"), client("c2", "ui.*"))),
                        false));
        assertThat(events(RightsChanged.class)).hasSize(1);
        RightsChanged changed = events(RightsChanged.class).getFirst();
        assertThat(changed.principalId()).isEqualTo("client:myapp/c1");
        AccessRights rights = changed.rights();
        assertThat(rights.mayPublish(Topic.of("app/myapp/xr/marker")).isAllowed()).isTrue();
        assertThat(rights.mayPublish(Topic.of("app/myapp/dialogue/messages")).isAllowed())
                .isFalse();
    }

    @Test
    void aRemovedClientIsGoneWithItsTokens() {
        String refreshToken = bench.token("myapp", "c1").refreshToken();
        bench.events.clear();
        done(registry.removeClient("myapp", "myapp-c1"));
        assertThat(bench.events.get(0))
                .isEqualTo(new PrincipalRemoved("client:myapp/c1", "client deleted: myapp-c1"));
        assertThat(bench.events.get(1))
                .isInstanceOfSatisfying(
                        ClientChanged.class,
                        event -> assertThat(event.operation()).isEqualTo(Operation.DELETED));
        assertThat(refused(bench.refresh(refreshToken)).kind()).isEqualTo(Kind.UNAUTHORIZED);
        assertThat(refused(registry.removeClient("myapp", "c1")).message())
                .isEqualTo("client not found");
        assertThat(refused(registry.removeClient("myapp", "application")).kind())
                .isEqualTo(Kind.BAD_REQUEST);
    }

    @Test
    void aRemovedAppTakesItsClientsAndUsersAlong() {
        var alice = bench.accepted(bench.login("alice", "myapp", null)).principal();
        bench.events.clear();
        registry.removeApp("myapp");
        assertThat(events(PrincipalRemoved.class))
                .extracting(PrincipalRemoved::principalId)
                .containsExactlyInAnyOrder(
                        "client:myapp/application",
                        "client:myapp/avatar",
                        "client:myapp/c1",
                        "client:myapp/c2",
                        alice.id());
        assertThat(bench.events.getLast())
                .isInstanceOfSatisfying(
                        AppChanged.class,
                        event -> assertThat(event.operation()).isEqualTo(Operation.DELETED));
    }

    @Test
    void anotherOwnerTakesOver() {
        var alice = bench.accepted(bench.login("alice", "myapp", null)).principal();
        var everywhere = bench.accepted(bench.login("alice", null, null)).principal();
        String bob = bench.identity.users().named("bob").orElseThrow().userId();
        bench.events.clear();
        done(registry.importApp(registry.app("myapp").orElseThrow().withOwner(bob), false));
        assertThat(events(RightsChanged.class))
                .extracting(RightsChanged::principalId)
                .containsExactlyInAnyOrder(alice.id(), everywhere.id());
        for (RightsChanged changed : events(RightsChanged.class)) {
            assertThat(changed.rights().mayPublish(Topic.of("app/myapp/ui/content")).isAllowed())
                    .isFalse();
        }
    }

    @Test
    void platformModules() {
        PlatformModule module =
                new PlatformModule("m1", null, null, null, List.of(), null, Map.of());
        done(registry.savePlatformModule(module));
        done(registry.savePlatformModule(module));
        done(registry.removePlatformModule("m1"));
        assertThat(refused(registry.removePlatformModule("m1")).kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(events(PlatformModuleChanged.class))
                .extracting(PlatformModuleChanged::operation)
                .containsExactly(Operation.CREATED, Operation.UPDATED, Operation.DELETED);
    }

    // ---- apps of the configuration

    private App declared(List<AppModule> modules, List<AppClient> clients) {
        return bare("conf").withOwner("").withParts(modules, clients);
    }

    @Test
    void theConfigurationIsKeptInStep() {
        App first = declared(List.of(module("avatar", "dialogue")), List.of(client("c1", "ui")));
        assertThat(registry.declare(List.of(first))).isEmpty();
        bench.token("conf", "c1");
        bench.token("conf", "avatar");
        assertThat(bench.storedText()).doesNotContain(SECRET);
        done(registry.createClient("conf", client("extra", "xr"), AccessRights.system()));

        Bench next = new Bench(bench.store, bench.settings);
        assertThat(refused(next.request("conf", "c1", SECRET)).kind()).isEqualTo(Kind.UNAUTHORIZED);
        next.identity.registry().declare(List.of(first));
        assertThat(next.events).isEmpty();
        next.token("conf", "c1");
        next.token("conf", "extra");

        next.events.clear();
        next.identity.registry().declare(List.of(declared(List.of(), List.of(client("c1", "xr")))));
        assertThat(next.identity.registry().client("conf", "avatar")).isEmpty();
        assertThat(next.identity.registry().client("conf", "c1").orElseThrow().permissions())
                .containsExactly("xr");
        assertThat(next.identity.registry().client("conf", "extra")).isPresent();
        assertThat(next.events.toString()).contains("PrincipalRemoved").contains("RightsChanged");

        next.identity.registry().declare(List.of());
        assertThat(next.identity.registry().client("conf", "c1")).isEmpty();
        assertThat(next.identity.registry().client("conf", "extra")).isPresent();
        assertThat(next.identity.registry().app("myapp")).isPresent();
        done(next.identity.registry().removeClient("conf", "extra"));
    }

    @Test
    void anAppThatIsOnlyDeclaredGoesWithItsDeclaration() {
        registry.declare(List.of(declared(List.of(), List.of(client("c1", "ui")))));
        registry.declare(List.of());
        assertThat(registry.app("conf")).isEmpty();
        assertThat(registry.app("myapp")).isPresent();
    }

    @Test
    void aDeclaredClientWithoutASecretGetsOneThatStays() {
        App app =
                declared(List.of(), List.of(new AppClient(null, null, "c1", null, List.of("ui"))));
        List<AppClient> madeUp = registry.declare(List.of(app));
        assertThat(madeUp).hasSize(1);
        assertThat(registry.declare(List.of(app))).isEmpty();
        Bench next = new Bench(bench.store, bench.settings);
        assertThat(next.identity.registry().declare(List.of(app))).isEmpty();
        done(next.request("conf", "c1", madeUp.getFirst().secret()));
    }

    @Test
    void aWrongDeclarationSaysWhatIsWrong() {
        assertThatThrownBy(
                        () ->
                                registry.declare(
                                        List.of(declared(List.of(module("m", "a b")), List.of()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "app conf: permission 'a b.*' (expected: resource, resource.scope,"
                                + " resource.*, * or *.*)");
    }
}
