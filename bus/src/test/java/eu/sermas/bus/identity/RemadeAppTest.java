package eu.sermas.bus.identity;

import static eu.sermas.bus.identity.Bench.ADDRESS;
import static eu.sermas.bus.identity.Bench.done;
import static eu.sermas.bus.identity.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.identity.TokenService.RefreshRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// An app that ends, and another one of its name. The clock of the bench stands still, so all of it
/// happens within one second.
class RemadeAppTest {

    private final Bench bench = Bench.withApp();
    private final Registry registry = bench.identity.registry();
    private final String bob = bench.identity.users().named("bob").orElseThrow().userId();

    private void remake() {
        assertThat(registry.removeApp("myapp")).isTrue();
        done(registry.createApp(bench.app("myapp", bob)));
    }

    @Test
    void tokensOfTheOldOneAreRefused() {
        TokenResponse client = bench.token("myapp", "c1");
        TokenResponse owner = bench.login("alice", "myapp", null);
        remake();
        assertThat(bench.refusalOf(client.accessToken(), new byte[0])).isNotNull();
        assertThat(bench.refusalOf(owner.accessToken(), new byte[0]))
                .isEqualTo("token: its client was made anew since");
        assertThat(refused(bench.refresh(client.refreshToken())).kind())
                .isEqualTo(Refusal.Kind.UNAUTHORIZED);
        assertThat(refused(bench.refresh(owner.refreshToken())).kind())
                .isEqualTo(Refusal.Kind.UNAUTHORIZED);
        var request = new RefreshRequest(null, null, null, null);
        assertThat(
                        refused(
                                        bench.identity
                                                .tokens()
                                                .refresh(request, owner.accessToken(), ADDRESS))
                                .kind())
                .isEqualTo(Refusal.Kind.UNAUTHORIZED);
    }

    @Test
    void tokensOfTheNewOneAreGood() {
        remake();
        assertThat(bench.accepted(bench.token("myapp", "c1")).principal().clientId())
                .isEqualTo("c1");
        TokenResponse owner = bench.login("bob", "myapp", null);
        assertThat(bench.accepted(owner).principal().userId()).isEqualTo(bob);
        assertThat(bench.accepted(done(bench.refresh(owner.refreshToken()))).principal().userId())
                .isEqualTo(bob);
    }

    /// Also where only the client was made anew.
    @Test
    void aTokenOfAUserEndsWithTheClientItCameThrough() {
        TokenResponse owner = bench.login("alice", "myapp", "c1");
        done(registry.removeClient("myapp", "c1"));
        done(registry.createClient("myapp", Bench.client("c1", "ui"), AccessRights.system()));
        assertThat(bench.refusalOf(owner.accessToken(), new byte[0])).isNotNull();
    }

    @Test
    void theIdIsTakenUntilNothingIsLeft() {
        List<Refusal.Kind> meanwhile = new ArrayList<>();
        registry.removeWith(
                appId -> meanwhile.add(refused(registry.createApp(bench.app(appId, bob))).kind()));
        remake();
        assertThat(meanwhile).containsExactly(Refusal.Kind.CONFLICT);
    }

    @Test
    void whatCouldNotBeRemovedIsRemovedByTheNextCall() {
        registry.removeWith(
                _ -> {
                    throw new IllegalStateException("disk full");
                });
        assertThatThrownBy(() -> registry.removeApp("myapp")).hasMessage("disk full");
        assertThat(refused(registry.createApp(bench.app("myapp", bob))).kind())
                .isEqualTo(Refusal.Kind.CONFLICT);
        registry.removeWith(_ -> {});
        remake();
        assertThat(registry.leaving()).isEmpty();
    }

    @Test
    void theNextProcessKnowsWhatIsLeftToRemove() {
        registry.removeWith(
                _ -> {
                    throw new IllegalStateException("killed");
                });
        assertThatThrownBy(() -> registry.removeApp("myapp")).hasMessage("killed");
        Registry next = new Bench(bench.store, bench.settings).identity.registry();
        assertThat(next.leaving()).containsExactly("myapp");
        next.gone("myapp");
        assertThat(new Bench(bench.store, bench.settings).identity.registry().leaving()).isEmpty();
    }
}
