package eu.sermas.bus.identity;

import static eu.sermas.bus.identity.Bench.SECRET;
import static eu.sermas.bus.identity.Bench.done;
import static eu.sermas.bus.identity.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Grants;
import eu.sermas.bus.identity.IdentityEvent.ClientChanged;
import eu.sermas.bus.identity.IdentityEvent.RightsChanged;
import eu.sermas.bus.identity.IdentityEvent.SecretRotated;
import eu.sermas.bus.identity.Refusal.Kind;
import eu.sermas.bus.packet.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The grants, the secret and the lifetime of tokens of clients that are there.
class ClientChangesTest {

    private static final Duration DAY = Duration.ofDays(1);

    private final Bench bench = Bench.withApp();
    private final Registry registry = bench.identity.registry();
    private final ClientChanges changes = new ClientChanges(registry);
    private final AccessRights all = AccessRights.system();

    private static AppClient permissions(String... grants) {
        return new AppClient(null, null, null, null, List.of(grants), null);
    }

    private static AppClient lifetime(long seconds) {
        return new AppClient(null, null, null, null, null, seconds);
    }

    private static AccessRights holding(String... grants) {
        return AccessRights.granted(Set.of("myapp"), Grants.of(List.of(grants)), null);
    }

    private boolean isGood(Bench of, String clientId, String secret) {
        return of.request("myapp", clientId, secret) instanceof Outcome.Done;
    }

    private Outcome<ClientChanges.NewSecret> rotate(
            String clientId, @Nullable String secret, Duration grace) {
        return changes.rotateSecret("myapp", clientId, secret, grace, all);
    }

    @Test
    void aChangeChangesWhatItNamesAndActsOnWhoIsConnected() {
        bench.accepted(bench.token("myapp", "c1"));
        bench.events.clear();
        ListedClient changed =
                done(changes.change("myapp", "myapp-c1", permissions("ui.content"), all));
        assertThat(changed)
                .isEqualTo(new ListedClient("c1", null, "own", List.of("ui.content"), null, null));
        RightsChanged rights =
                bench.events.stream()
                        .filter(RightsChanged.class::isInstance)
                        .map(RightsChanged.class::cast)
                        .findFirst()
                        .orElseThrow();
        assertThat(rights.principalId()).isEqualTo("client:myapp/c1");
        assertThat(rights.rights().mayPublish(Topic.of("app/myapp/ui/content")).isAllowed())
                .isTrue();
        assertThat(rights.rights().mayPublish(Topic.of("app/myapp/dialogue/messages")).isAllowed())
                .isFalse();
        assertThat(bench.events).anyMatch(ClientChanged.class::isInstance);

        AppClient named = new AppClient(null, "Kiosk", null, null, null, null);
        assertThat(done(changes.change("myapp", "c1", named, all)))
                .returns("Kiosk", ListedClient::name)
                .returns(List.of("ui.content"), ListedClient::permissions);
        assertThat(isGood(bench, "c1", SECRET)).isTrue();
    }

    @Test
    void whatComesWithSomethingElseIsChangedThere() {
        assertThat(refused(changes.change("myapp", "avatar", permissions("ui"), all)).message())
                .isEqualTo("client avatar: has the name and the grants of its module");
        assertThat(
                        refused(changes.change("myapp", "application", permissions("ui"), all))
                                .message())
                .isEqualTo("client application: part of every app");
        assertThat(refused(changes.change("myapp", "none", permissions("ui"), all)).kind())
                .isEqualTo(Kind.NOT_FOUND);
        done(changes.change("myapp", "avatar", lifetime(3_600), all));
        done(changes.change("myapp", "application", lifetime(7_200), all));
        assertThat(bench.token("myapp", "avatar").expiresIn()).isEqualTo(3_600);
        assertThat(bench.login("bob", "myapp", null).expiresIn()).isEqualTo(7_200);
        assertThat(isGood(bench, "application", "")).isFalse();
    }

    @Test
    void nobodyGivesAGrantThatTheyLack() {
        AccessRights keeper = holding("platform", "ui");
        Refusal refusal =
                refused(changes.change("myapp", "c1", permissions("dialogue", "ui"), keeper));
        assertThat(refusal).isEqualTo(Refusal.forbidden("missing grant: dialogue"));
        done(changes.change("myapp", "c1", permissions("dialogue.messages", "ui"), keeper));
        assertThat(refused(changes.change("myapp", "c1", permissions("a b"), all)).kind())
                .isEqualTo(Kind.BAD_REQUEST);
    }

    /// Also after a restart, and the new one from the first moment.
    @Test
    void bothSecretsAreGoodForTheGraceAndNoLonger() {
        bench.events.clear();
        ClientChanges.NewSecret made = done(rotate("c1", null, DAY));
        Instant until = Bench.START.plus(DAY);
        assertThat(made.formerUntil()).isEqualTo(until);
        String next = String.valueOf(made.client().secret());
        assertThat(next).hasSizeGreaterThan(40).isNotEqualTo(SECRET);
        assertThat(bench.events).contains(new SecretRotated("myapp", "c1", until));
        assertThat(bench.storedText()).doesNotContain(next);
        assertThat(registry.clients("myapp").orElseThrow())
                .filteredOn(client -> client.clientId().equals("c1"))
                .extracting(ListedClient::formerSecretUntil)
                .containsExactly(until.toString());

        Bench after = new Bench(bench.store, bench.settings);
        for (Bench each : List.of(bench, after)) {
            assertThat(isGood(each, "c1", next)).isTrue();
            assertThat(isGood(each, "c1", SECRET)).isTrue();
            assertThat(isGood(each, "c1", "guess")).isFalse();
            each.pass(DAY.minusMillis(1));
            assertThat(isGood(each, "c1", SECRET)).isTrue();
            each.pass(Duration.ofMillis(1));
            assertThat(isGood(each, "c1", SECRET)).isFalse();
            assertThat(isGood(each, "c1", next)).isTrue();
        }
        assertThat(registry.clients("myapp").orElseThrow())
                .extracting(ListedClient::formerSecretUntil)
                .containsOnlyNulls();
    }

    @Test
    void noMoreThanTwoSecretsAreGood() {
        String second = String.valueOf(done(rotate("c1", null, DAY)).client().secret());
        done(rotate("c1", "third", DAY));
        assertThat(isGood(bench, "c1", SECRET)).isFalse();
        assertThat(isGood(bench, "c1", second)).isTrue();
        assertThat(isGood(bench, "c1", "third")).isTrue();
        done(changes.endFormerSecret("myapp", "c1"));
        assertThat(isGood(bench, "c1", second)).isFalse();
        assertThat(isGood(bench, "c1", "third")).isTrue();
        assertThat(refused(changes.endFormerSecret("myapp", "c1")).message())
                .isEqualTo("no former secret");
        assertThat(done(rotate("c1", null, Duration.ZERO)).formerUntil()).isNull();
        assertThat(isGood(bench, "c1", "third")).isFalse();
    }

    /// A secret that is set in a record holds at once, and alone.
    @Test
    void aGraceEndsWithASecretThatIsSetOtherwise() {
        done(rotate("c1", null, DAY));
        AppClient silent = new AppClient(null, null, "c1", null, null);
        App app = registry.app("myapp").orElseThrow();
        done(registry.importApp(app.withParts(null, List.of(silent)), false));
        assertThat(isGood(bench, "c1", SECRET)).as("nothing is said of it").isTrue();
        AppClient said = new AppClient(null, null, "c1", "set", null);
        done(registry.importApp(app.withParts(null, List.of(said)), false));
        assertThat(isGood(bench, "c1", "set")).isTrue();
        assertThat(isGood(bench, "c1", SECRET)).isFalse();
    }

    @Test
    void secretsThatCannotBeRotated() {
        assertThat(refused(rotate("application", null, DAY)).message())
                .isEqualTo("client application: has no secret");
        assertThat(refused(rotate("c1", SECRET, DAY)).message())
                .isEqualTo("secret: expected another one");
        assertThat(refused(rotate("c1", "x".repeat(1_025), DAY)).message())
                .isEqualTo("secret: 1025 characters (expected: at most 1024)");
        assertThat(refused(rotate("none", null, DAY)).kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(
                        refused(
                                changes.rotateSecret(
                                        "myapp", "c1", null, DAY, holding("platform", "ui"))))
                .isEqualTo(Refusal.forbidden("missing grant: dialogue.messages"));
        registry.declare(List.of(bench.app("conf", "owner")));
        assertThat(refused(changes.rotateSecret("conf", "c1", null, DAY, all)))
                .isEqualTo(Refusal.conflict("client c1: its secret stands in the configuration"));
        assertThat(isGood(bench, "c1", SECRET)).isTrue();
    }

    // ---- how long tokens last

    @Test
    void theLifetimeOfTheClientGoesBeforeThatOfItsApp() {
        AppChange ofApp =
                new AppChange(
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        86_400L,
                        java.util.Map.of());
        assertThat(bench.token("myapp", "c1").expiresIn()).isEqualTo(43_200);
        done(registry.changeApp("myapp", ofApp, all));
        assertThat(bench.token("myapp", "c1").expiresIn()).isEqualTo(86_400);
        assertThat(bench.login("bob", "myapp", null).expiresIn()).isEqualTo(86_400);
        assertThat(bench.login("bob", null, null).expiresIn()).isEqualTo(43_200);

        done(changes.change("myapp", "c1", lifetime(2_073_600), all));
        TokenResponse kiosk = bench.token("myapp", "c1");
        assertThat(kiosk.expiresIn()).isEqualTo(2_073_600);
        assertThat(done(bench.refresh(kiosk.refreshToken())).expiresIn()).isEqualTo(2_073_600);
        assertThat(bench.token("myapp", "c2").expiresIn()).isEqualTo(86_400);
        Bench after = new Bench(bench.store, bench.settings);
        assertThat(after.token("myapp", "c1").expiresIn()).isEqualTo(2_073_600);
        bench.pass(Duration.ofDays(24).minusSeconds(1));
        bench.accepted(kiosk);

        done(changes.change("myapp", "c1", lifetime(0), all));
        assertThat(bench.token("myapp", "c1").expiresIn()).isEqualTo(86_400);
    }

    @Test
    void noLifetimeIsLongerThanThoseOfTheInstallation() {
        for (long seconds : List.of(-1L, 1L, 120L, 2_073_601L)) {
            assertThat(refused(changes.change("myapp", "c1", lifetime(seconds), all)).message())
                    .isEqualTo(
                            "tokenLifetime of client c1: %d s (expected: 121..2073600, or 0 for the"
                                            .formatted(seconds)
                                    + " usual one)");
        }
        done(changes.change("myapp", "c1", lifetime(2_073_600), all));
        IdentitySettings lower =
                new IdentitySettings(
                        IdentitySettings.DEFAULT_ISSUER,
                        Duration.ofHours(1),
                        Duration.ofHours(2),
                        Duration.ofDays(30),
                        bench.settings.dataDirectory(),
                        bench.settings.systemClients(),
                        10,
                        100,
                        List.of(),
                        null,
                        Openness.NONE);
        Bench after = new Bench(bench.store, lower);
        assertThat(after.token("myapp", "c1").expiresIn()).isEqualTo(7_200);
        assertThat(after.token("myapp", "c2").expiresIn()).isEqualTo(3_600);
    }

    /// What the configuration says no more does not stay.
    @Test
    void aDeclaredLifetimeIsThatOfTheConfiguration() {
        App app = bench.app("conf", "owner").withTokenLifetime(86_400L);
        AppClient kiosk = new AppClient(null, null, "kiosk", SECRET, List.of("ui"), 172_800L);
        registry.declare(List.of(app.withParts(app.modules(), List.of(kiosk))));
        assertThat(bench.token("conf", "kiosk").expiresIn()).isEqualTo(172_800);
        assertThat(bench.token("conf", "avatar").expiresIn()).isEqualTo(86_400);
        AppClient usual = new AppClient(null, null, "kiosk", SECRET, List.of("ui"), null);
        registry.declare(
                List.of(app.withTokenLifetime(0L).withParts(app.modules(), List.of(usual))));
        assertThat(bench.token("conf", "kiosk").expiresIn()).isEqualTo(43_200);
        assertThat(registry.app("conf").orElseThrow().tokenLifetime()).isNull();
    }
}
