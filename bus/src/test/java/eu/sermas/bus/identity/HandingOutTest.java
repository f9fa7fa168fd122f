package eu.sermas.bus.identity;

import static eu.sermas.bus.identity.Bench.SECRET;
import static eu.sermas.bus.identity.Bench.client;
import static eu.sermas.bus.identity.Bench.done;
import static eu.sermas.bus.identity.Bench.module;
import static eu.sermas.bus.identity.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Grants;
import eu.sermas.bus.identity.Refusal.Kind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Somebody who may change the clients of an app, and holds `ui` and `platform` in it.
class HandingOutTest {

    private final Bench bench = Bench.withApp();
    private final Registry registry = bench.identity.registry();
    private final AccessRights keeper =
            AccessRights.granted(Set.of("myapp"), Grants.of(List.of("ui", "platform")), null);

    private void assertMissing(Outcome<?> outcome, String grant) {
        Refusal refusal = refused(outcome);
        assertThat(refusal.kind()).isEqualTo(Kind.FORBIDDEN);
        assertThat(refusal.message()).isEqualTo("missing grant: " + grant);
    }

    private Outcome<App> change(AppClient... clients) {
        return registry.changeApp("myapp", naming(null, List.of(clients)), keeper);
    }

    private static AppChange naming(
            @Nullable List<AppModule> modules, @Nullable List<AppClient> clients) {
        return new AppChange(
                null, null, null, null, null, modules, clients, null, null, null, null, null, null,
                Map.of());
    }

    @Test
    void givesWhatTheyHold() {
        done(registry.createClient("myapp", client("n1", "ui.content:read"), keeper));
        done(registry.saveModule("myapp", module("n2", "platform", "ui"), keeper));
    }

    @Test
    void doesNotGiveMore() {
        assertMissing(registry.createClient("myapp", client("n1", "ui", "*"), keeper), "*");
        assertMissing(registry.saveModule("myapp", module("n2", "robotics"), keeper), "robotics.*");
        assertMissing(change(client("c1", "dialogue.messages", "platform", "xr")), "xr");
        assertThat(registry.client("myapp", "n1")).isEmpty();
    }

    @Test
    void neitherSetsNorLearnsTheSecretOfWhoHoldsMore() {
        AppClient same = new AppClient(null, null, "c1", null, List.of("dialogue.messages"));
        done(change(same, new AppClient(null, null, "c2", null, null)));
        AppClient taken = new AppClient(null, null, "c1", "mine", List.of("dialogue.messages"));
        assertMissing(change(taken), "dialogue.messages");
        AppModule module =
                new AppModule(
                        null,
                        "avatar",
                        null,
                        null,
                        null,
                        List.of("dialogue"),
                        null,
                        "mine",
                        Map.of());
        assertMissing(registry.saveModule("myapp", module, keeper), "dialogue.*");
        done(bench.request("myapp", "c1", SECRET));
    }

    @Test
    void leavesWhatIsThereAlready() {
        App app = registry.app("myapp").orElseThrow();
        done(registry.changeApp("myapp", naming(app.modules(), app.clients()), keeper));
        AppClient more = new AppClient(null, null, "c1", null, List.of("dialogue.messages", "ui"));
        done(change(more, new AppClient(null, null, "c2", null, null)));
        assertThat(registry.client("myapp", "c1").orElseThrow().permissions())
                .containsExactly("dialogue.messages", "ui");
    }

    @Test
    void changesNothingElsewhere() {
        done(registry.createApp(bench.app("other", "somebody")));
        assertThat(refused(registry.createClient("other", client("n1", "ui"), keeper)).kind())
                .isEqualTo(Kind.FORBIDDEN);
    }
}
