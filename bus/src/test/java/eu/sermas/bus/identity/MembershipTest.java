package eu.sermas.bus.identity;

import static eu.sermas.bus.identity.Bench.ADDRESS;
import static eu.sermas.bus.identity.Bench.done;
import static eu.sermas.bus.identity.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Grants;
import eu.sermas.bus.identity.IdentityEvent.PrincipalRemoved;
import eu.sermas.bus.identity.IdentityEvent.RightsChanged;
import eu.sermas.bus.identity.Refusal.Kind;
import eu.sermas.bus.identity.TokenService.LoginRequest;
import eu.sermas.bus.packet.TopicFilter;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Who may enter an app, and what for. Bob has an account, and `myapp` is alice's.
class MembershipTest {

    private static final String EVERY_SESSION = "app/myapp/session/session/changed/+";

    private final Bench bench = Bench.withApp();
    private final Registry registry = bench.identity.registry();
    private final String bob = bench.identity.users().named("bob").orElseThrow().userId();

    private void invite(boolean toPublic, boolean toLogin) {
        App app = registry.app("myapp").orElseThrow();
        ObjectNode settings = JsonNodeFactory.instance.objectNode().put("login", toLogin);
        done(
                registry.importApp(
                        new App(
                                app.appId(),
                                toPublic,
                                app.name(),
                                null,
                                app.ownerId(),
                                null,
                                null,
                                null,
                                settings,
                                null,
                                null,
                                null,
                                null,
                                app.extra()),
                        false));
    }

    private void member(boolean is) {
        done(registry.changeMembers("myapp", _ -> is ? Set.of(bob) : Set.of()));
    }

    private Outcome<TokenResponse> login() {
        return bench.identity
                .tokens()
                .login(new LoginRequest("bob", "pw-bob", "myapp", null), ADDRESS);
    }

    private static boolean maySubscribe(AccessRights rights, String filter) {
        return rights.maySubscribe(TopicFilter.of(filter)).isAllowed();
    }

    @Test
    void aStrangerIsRefusedAsIfThereWereNoSuchApp() {
        invite(false, false);
        assertThat(refused(login()).kind()).isEqualTo(Kind.UNAUTHORIZED);
        assertThat(
                        refused(
                                        bench.identity
                                                .tokens()
                                                .login(
                                                        new LoginRequest(
                                                                "bob",
                                                                "pw-bob",
                                                                null,
                                                                "myapp-application"),
                                                        ADDRESS))
                                .kind())
                .isEqualTo(Kind.UNAUTHORIZED);
    }

    @Test
    void aVisitorHearsOfTheSessionThatIsCalledLikeTheLogin() {
        for (boolean toPublic : new boolean[] {true, false}) {
            invite(toPublic, !toPublic);
            TokenResponse token = done(login());
            AccessRights rights = bench.accepted(token).rights();
            String own = "app/myapp/session/session/changed/" + token.sessionState();
            assertThat(maySubscribe(rights, own)).isTrue();
            for (String filter :
                    List.of(
                            EVERY_SESSION,
                            "app/myapp/session/session/changed/other",
                            "app/myapp/session/#",
                            "app/myapp/auth/login",
                            "app/myapp/#")) {
                assertThat(maySubscribe(rights, filter)).as(filter).isFalse();
            }
            assertThat(rights.mayCall("session", "own", "myapp").isAllowed()).isTrue();
            assertThat(rights.mayCall("session", "session", "myapp").isAllowed()).isFalse();
        }
    }

    @Test
    void aMemberEntersUninvitedAndHearsOfAllSessions() {
        invite(false, false);
        member(true);
        AccessRights rights = bench.accepted(done(login())).rights();
        assertThat(maySubscribe(rights, EVERY_SESSION)).isTrue();
        assertThat(maySubscribe(rights, "app/myapp/ui/content")).isFalse();
        Bench again = new Bench(bench.store, bench.settings);
        assertThat(again.identity.registry().members("myapp").orElseThrow()).containsExactly(bob);
    }

    @Test
    void whoIsNoMemberAnyMoreIsOutWithEveryTokenOfBefore() {
        invite(false, false);
        member(true);
        TokenResponse token = done(login());
        String id = bench.accepted(token).principal().id();
        bench.events.clear();

        member(false);

        assertThat(bench.events).contains(new PrincipalRemoved(id, "access withdrawn"));
        assertThat(bench.refusalOf(token.accessToken(), new byte[0])).isNotNull();
        assertThat(refused(bench.refresh(token.refreshToken())).kind())
                .isEqualTo(Kind.UNAUTHORIZED);
    }

    @Test
    void whoIsNoMemberAnyMoreIsAVisitorWhereTheyAreInvited() {
        invite(false, true);
        member(true);
        TokenResponse token = done(login());
        AccessRights before = bench.accepted(token).rights();
        bench.events.clear();

        member(false);

        assertThat(bench.events)
                .filteredOn(RightsChanged.class::isInstance)
                .map(RightsChanged.class::cast)
                .anySatisfy(
                        change ->
                                assertThat(
                                                maySubscribe(
                                                        change.rights().boundLike(before),
                                                        EVERY_SESSION))
                                        .isFalse());
        assertThat(maySubscribe(bench.accepted(token).rights(), EVERY_SESSION)).isFalse();
    }

    @Test
    void aVisitorIsOutWhenNobodyIsInvitedAnyMore() {
        invite(true, false);
        String id = bench.accepted(done(login())).principal().id();
        bench.events.clear();
        invite(false, false);
        assertThat(bench.events).contains(new PrincipalRemoved(id, "access withdrawn"));
    }

    @Test
    void toInviteVisitorsHandsOutWhatTheyMayDo() {
        invite(false, false);
        AccessRights kiosk =
                AccessRights.granted(Set.of("myapp"), Grants.of(List.of("ui", "platform")), null);
        ObjectNode open = JsonNodeFactory.instance.objectNode().put("login", true);
        assertThat(refused(registry.changeSettings("myapp", open, kiosk)).kind())
                .isEqualTo(Kind.FORBIDDEN);
        AccessRights keeper =
                AccessRights.granted(Set.of("myapp"), Grants.of(List.of("session")), null);
        done(registry.changeSettings("myapp", open, keeper));
        done(registry.changeSettings("myapp", open.deepCopy().put("a", 1), kiosk));
    }

    @Test
    void everybodyIsAMemberWhereThatIsConfigured() {
        invite(false, false);
        Bench open = new Bench(bench.store, bench.settings.withOpenness(new Openness(true, false)));
        AccessRights rights = open.accepted(open.login("bob", "myapp", null)).rights();
        assertThat(maySubscribe(rights, EVERY_SESSION)).isTrue();
    }
}
