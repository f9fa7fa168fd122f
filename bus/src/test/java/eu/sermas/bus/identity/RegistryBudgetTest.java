package eu.sermas.bus.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.identity.secret.Secrets;
import eu.sermas.bus.store.memory.MemoryStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RegistryBudgetTest {

    private static final int KIB = 1024;

    /// Bytes of all apps: 5 MiB, of which 2.5 are common and each of two owners and the platform
    /// has a third of the rest.
    private static final RegistryLimits LIMITS =
            new RegistryLimits(8L * KIB * KIB, 2, 5, 1024 * KIB, 10);

    private final RegistryBudget budget = new RegistryBudget(LIMITS, "root"::equals);
    private final Registry registry = registry(new MemoryStore(), budget);

    private static Registry registry(MemoryStore store, RegistryBudget budget) {
        return new Registry(
                new RegistryStore(store),
                new Secrets(),
                Set.of(),
                InstantSource.system(),
                LiveCatalogue.standard(),
                budget,
                new Edition(),
                AppDraft.Rules.of(IdentitySettings.DEFAULTS));
    }

    private static App app(String appId, String owner, int bytes) {
        ObjectNode settings =
                JsonNodeFactory.instance.objectNode().put("prompt", "x".repeat(bytes));
        return new App(
                appId, false, "", null, owner, null, null, null, settings, null, null, null, null,
                Map.of());
    }

    private static Refusal.@Nullable Kind kind(Outcome<?> outcome) {
        return outcome instanceof Outcome.Refused<?>(Refusal refusal) ? refusal.kind() : null;
    }

    private static String message(Outcome<?> outcome) {
        return outcome instanceof Outcome.Refused<?>(Refusal refusal) ? "" + refusal.message() : "";
    }

    @Test
    void oneOwnerCannotTakeWhatIsOfOthers() {
        Outcome<App> last = Outcome.refused(Refusal.UNAUTHORIZED);
        for (int i = 0; i < LIMITS.appsOfOwner(); i++) {
            last = registry.createApp(app("greedy" + i, "ann", 900 * KIB));
        }
        assertThat(message(last)).contains("limits.registry.total-bytes");
        assertThat(kind(last)).isEqualTo(Refusal.Kind.TOO_MANY_REQUESTS);
        assertThat(registry.app("greedy4")).isEmpty();
        assertThat(kind(registry.createApp(app("modest", "bob", 700 * KIB)))).isNull();
        assertThat(kind(registry.importApp(app("imported", "ann", 700 * KIB), false))).isNull();
        assertThat(budget.used()).isLessThanOrEqualTo(LIMITS.bytesOfApps());
    }

    @Test
    void anOwnerHasSoManyApps() {
        for (int i = 0; i < LIMITS.appsOfOwner(); i++) {
            assertThat(kind(registry.createApp(app("a" + i, "ann", 0)))).isNull();
        }
        assertThat(message(registry.createApp(app("more", "ann", 0))))
                .contains("limits.registry.apps-per-owner");
        assertThat(kind(registry.createApp(app("other", "root", 0)))).isNull();
        assertThat(registry.removeApp("a1")).isTrue();
        assertThat(kind(registry.createApp(app("more", "ann", 0)))).isNull();
    }

    @Test
    void anAppHasALimitOfItsOwnThatCannotBeReachedByAChangeEither() {
        assertThat(kind(registry.createApp(app("a", "ann", 1100 * KIB))))
                .isEqualTo(Refusal.Kind.TOO_LARGE);
        assertThat(kind(registry.createApp(app("a", "ann", 0)))).isNull();
        long before = budget.used();
        ObjectNode large = JsonNodeFactory.instance.objectNode().put("x", "x".repeat(1100 * KIB));
        assertThat(message(registry.changeSettings("a", large, AccessRights.system())))
                .contains("limits.registry.app-bytes");
        assertThat(budget.used()).isEqualTo(before);
        for (int i = 0; i < LIMITS.clientsOfApp() - 1; i++) {
            assertThat(
                            kind(
                                    registry.createClient(
                                            "a",
                                            client("c" + i, List.of()),
                                            AccessRights.system())))
                    .isNull();
        }
        assertThat(
                        message(
                                registry.createClient(
                                        "a", client("more", List.of()), AccessRights.system())))
                .contains("limits.registry.clients-per-app");
    }

    @Test
    void aListOfPermissionsIsBounded() {
        assertThat(kind(registry.createApp(app("a", "ann", 0)))).isNull();
        List<String> many = new ArrayList<>();
        for (int i = 0; i <= AppDraft.MAX_PERMISSIONS; i++) {
            many.add("r.s" + i);
        }
        assertThat(message(registry.createClient("a", client("c", many), AccessRights.system())))
                .isEqualTo("permissions of client c: 1001 (expected: at most 1000)");
    }

    private static AppClient client(String id, List<String> permissions) {
        return new AppClient("a", id, id, "secret", permissions);
    }

    @Test
    void whatIsRefusedOrRemovedIsGivenBack() {
        assertThat(kind(registry.createApp(app("a", "ann", 100 * KIB)))).isNull();
        long before = budget.used();
        ObjectNode none = JsonNodeFactory.instance.objectNode();
        assertThat(kind(registry.changeSettings("a", none, AccessRights.system()))).isNull();
        assertThat(budget.used()).isLessThan(before - 90 * KIB);
        registry.removeApp("a");
        assertThat(budget.used()).isZero();
    }

    @Test
    void whatIsThereAtTheStartCounts() {
        MemoryStore store = new MemoryStore();
        RegistryBudget first = new RegistryBudget(LIMITS, "root"::equals);
        registry(store, first).createApp(app("a", "ann", 100 * KIB));
        RegistryBudget second = new RegistryBudget(LIMITS, "root"::equals);
        Registry again = registry(store, second);
        assertThat(again.app("a")).isPresent();
        assertThat(second.used()).isBetween(first.used() * 9 / 10, first.used() * 11 / 10);
    }
}
