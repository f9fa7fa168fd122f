package eu.sermas.bus.identity;

import static eu.sermas.bus.identity.Bench.done;
import static eu.sermas.bus.identity.FakeIssuer.FIRST;
import static eu.sermas.bus.identity.FakeIssuer.sign;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.identity.oidc.IssuerSettings.KnownClient;
import eu.sermas.bus.identity.oidc.IssuerSettings.Trust;
import eu.sermas.bus.packet.TopicFilter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// As whom the tokens of other issuers are accepted, and what they may do.
class ExternalTokensTest extends ExternalTokensFixture {

    @Test
    void aUserOfKeycloak() throws LoginRefused {
        Bench here = bench();
        String token =
                sign(
                        claims().claim("realm_access", Map.of("roles", List.of("ui", "a role!")))
                                .claim(
                                        "resource_access",
                                        Map.of(
                                                "web", Map.of("roles", List.of("robotics.move")),
                                                "other", Map.of("roles", List.of("detection"))))
                                .claim(
                                        "authorization",
                                        Map.of(
                                                "permissions",
                                                List.of(
                                                        Map.of(
                                                                "rsname",
                                                                "dialogue",
                                                                "scopes",
                                                                List.of(
                                                                        "messages",
                                                                        "dialogue:speech")),
                                                        Map.of("rsname", "performance"))))
                                .build(),
                        FIRST);

        Login login = login(here, token);

        assertThat(login.principal())
                .isEqualTo(
                        new Principal(
                                Principal.Kind.USER,
                                "external:kc/user/web/0b9e",
                                Set.of("myapp"),
                                null,
                                "kc:0b9e",
                                "carol",
                                Set.of()));
        assertThat(login.expiresAt()).isEqualTo(here.instant().plusSeconds(600).toEpochMilli());
        assertThat(login.tokenId()).isEqualTo("kc:t1");
        for (String granted :
                List.of(
                        "ui/content",
                        "robotics/move",
                        "dialogue/messages/1",
                        "dialogue/speech",
                        "performance/x")) {
            assertThat(mayPublish(login.rights(), "app/myapp/" + granted)).as(granted).isTrue();
        }
        for (String denied : List.of("detection/user", "robotics/status", "dialogue/tool/x")) {
            assertThat(mayPublish(login.rights(), "app/myapp/" + denied)).as(denied).isFalse();
        }
        assertThat(mayPublish(login.rights(), "app/other/ui/content")).isFalse();
        assertThat(here.identity.verifier().verify(token).login().principal())
                .isEqualTo(login.principal());
        assertThat(issuer.asked).hasValue(1);
    }

    @Test
    void aServiceAccountIsTheClientOfTheRegistryWhereThatIsConfigured() {
        Trust trust = new Trust(Set.of("*"), Set.of(), Set.of(), true, List.of(), Map.of());
        Bench here = bench(issuer.settings("kc", trust));
        JWTClaimsSet service =
                claims().subject("sa")
                        .claim("azp", "myapp-c1")
                        .claim("client_id", "myapp-c1")
                        .claim("appId", null)
                        .build();

        Login login = login(here, sign(service, FIRST));

        assertThat(login.principal().kind()).isEqualTo(Principal.Kind.CLIENT);
        assertThat(login.principal().id()).isEqualTo("external:kc/client/myapp-c1");
        assertThat(login.principal().clientId()).isEqualTo("c1");
        assertThat(login.principal().appIds()).containsExactly("myapp");
        assertThat(mayPublish(login.rights(), "app/myapp/dialogue/messages/1")).isTrue();
        assertThat(mayPublish(login.rights(), "app/myapp/ui/content")).isFalse();

        var registry = here.identity.registry();
        App app = registry.app("myapp").orElseThrow();
        done(
                registry.importApp(
                        app.withParts(null, List.of(Bench.client("c1", "ui.content"))), false));

        assertThat(here.events)
                .filteredOn(IdentityEvent.RightsChanged.class::isInstance)
                .map(IdentityEvent.RightsChanged.class::cast)
                .filteredOn(change -> change.principalId().equals(login.principal().id()))
                .last()
                .satisfies(
                        change ->
                                assertThat(mayPublish(change.rights(), "app/myapp/ui/content"))
                                        .isTrue());
    }

    @Test
    void theRightsOfEachTokenAreWorkedOutOfThatTokenAlone() {
        Trust trust = new Trust(Set.of("*"), Set.of(), Set.of(), false, List.of(), Map.of());
        Bench here = bench(issuer.settings("kc", trust));
        Login narrow = login(here, sign(withRoles(claims(), "ui"), FIRST));
        Login wide = login(here, sign(withRoles(claims(), "ui", "robotics"), FIRST));
        assertThat(wide.principal().id()).isEqualTo(narrow.principal().id());

        done(here.identity.registry().removeClient("myapp", "c2"));

        IdentityEvent.RightsChanged pushed =
                (IdentityEvent.RightsChanged)
                        here.events.stream()
                                .filter(IdentityEvent.RightsChanged.class::isInstance)
                                .toList()
                                .getLast();
        assertThat(mayPublish(pushed.rights(), "app/myapp/robotics/move")).isTrue();
        assertThat(
                        mayPublish(
                                pushed.rights().boundLike(narrow.rights()),
                                "app/myapp/robotics/move"))
                .isFalse();
        assertThat(mayPublish(pushed.rights().boundLike(wide.rights()), "app/myapp/robotics/move"))
                .isTrue();
        assertThat(mayPublish(narrow.current().rights(), "app/myapp/robotics/move")).isFalse();
    }

    @Test
    void aTokenThatNamesAnotherAppIsNotTheClientOfTheRegistry() {
        Trust trust = new Trust(Set.of("*"), Set.of(), Set.of(), true, List.of(), Map.of());
        Bench here = bench(issuer.settings("kc", trust));
        JWTClaimsSet service =
                claims().claim("azp", "myapp-c1")
                        .claim("client_id", "myapp-c1")
                        .claim("appId", List.of("other"))
                        .build();
        Login login = login(here, sign(service, FIRST));
        assertThat(login.principal().appIds()).containsExactly("other");
        assertThat(mayPublish(login.rights(), "app/myapp/dialogue/messages/1")).isFalse();
        assertThat(mayPublish(login.rights(), "app/other/dialogue/messages/1")).isFalse();
    }

    @Test
    void aUserThroughAClientHasNotTheRightsOfTheClient() {
        Trust trust =
                new Trust(Set.of("*"), Set.of(), Set.of("myapp-c1"), true, List.of(), Map.of());
        Bench here = bench(issuer.settings("kc", trust));
        Login login = login(here, sign(claims().claim("azp", "myapp-c1").build(), FIRST));
        assertThat(login.principal().kind()).isEqualTo(Principal.Kind.USER);
        assertThat(mayPublish(login.rights(), "app/myapp/dialogue/messages/1")).isFalse();
        assertThat(login.rights().mayCall("session", "own", "myapp").isAllowed()).isTrue();
        assertThat(login.rights().mayCall("session", "session", "myapp").isAllowed()).isFalse();
    }

    @Test
    void aUserWhoIsCalledLikeAServiceAccountIsNone() {
        Bench here = bench();
        JWTClaimsSet.Builder named = claims().claim("preferred_username", "service-account-web");
        assertThat(login(here, sign(named.claim("sid", "s").build(), FIRST)).principal().kind())
                .isEqualTo(Principal.Kind.USER);
        assertThat(login(here, sign(named.claim("sid", null).build(), FIRST)).principal().kind())
                .isEqualTo(Principal.Kind.CLIENT);
    }

    @Test
    void rolesAndSystemClientsCountWhereTheIssuerIsTrustedWithThem() {
        JWTClaimsSet admin = withRoles(claims(), "platform-admin");
        JWTClaimsSet system =
                claims().claim("azp", "platform").claim("client_id", "platform").build();
        Bench without = bench();
        assertThat(login(without, sign(admin, FIRST)).principal().isPlatformAdmin()).isFalse();
        assertThat(login(without, sign(system, FIRST)).principal().kind())
                .isEqualTo(Principal.Kind.CLIENT);
        without.identity.close();

        Bench with =
                bench(
                        issuer.settings(
                                "kc",
                                new Trust(
                                        Set.of("*"),
                                        Set.of("platform-admin"),
                                        Set.of("platform"),
                                        false,
                                        List.of(),
                                        Map.of())));
        assertThat(login(with, sign(admin, FIRST)).principal().isPlatformAdmin()).isTrue();
        Login trusted = login(with, sign(system, FIRST));
        assertThat(trusted.principal().kind()).isEqualTo(Principal.Kind.SYSTEM);
        assertThat(trusted.rights().maySubscribe(TopicFilter.of("#")).isAllowed()).isTrue();
        JWTClaimsSet person = claims().claim("azp", "platform").build();
        assertThat(login(with, sign(person, FIRST)).principal().kind())
                .isEqualTo(Principal.Kind.USER);
    }

    @Test
    void anIssuerSpeaksForItsAppsOnly() {
        Trust trust =
                new Trust(
                        Set.of("myapp"),
                        Set.of(),
                        Set.of(),
                        false,
                        List.of("ui"),
                        Map.of("robot", new KnownClient("lab", List.of("robotics"))));
        Bench here = bench(issuer.settings("kc", trust));
        Login login =
                login(here, sign(claims().claim("appId", List.of("myapp", "x")).build(), FIRST));
        assertThat(login.principal().appIds()).containsExactly("myapp");
        assertThat(mayPublish(login.rights(), "app/myapp/ui/content")).isTrue();
        Login robot = login(here, sign(claims().claim("azp", "robot").build(), FIRST));
        assertThat(robot.principal().appIds()).containsExactly("lab");
        assertThat(mayPublish(robot.rights(), "app/lab/robotics/move")).isTrue();
        assertThat(mayPublish(robot.rights(), "app/myapp/ui/content")).isFalse();
    }

    @Test
    void aSubThatIsAWildcardOrSomebodyElsesReachesNothing() {
        Bench here = bench();
        String alice = here.identity.users().named("alice").orElseThrow().userId();
        for (String sub : List.of("+", "#", "a/b", alice)) {
            Login login = login(here, sign(withRoles(claims().subject(sub), "dialogue"), FIRST));
            for (String owner : List.of("+", "#", alice)) {
                assertThat(
                                login.rights()
                                        .maySubscribe(
                                                TopicFilter.of(
                                                        owner.equals("#")
                                                                ? "user/#"
                                                                : "user/" + owner + "/dialogue/x"))
                                        .isAllowed())
                        .as("%s of %s", owner, sub)
                        .isFalse();
            }
            assertThat(login.principal().id()).startsWith("external:kc/user/web/");
        }
        Login owner =
                login(here, sign(claims().subject(alice).claim("appId", null).build(), FIRST));
        assertThat(owner.principal().appIds()).as("apps of another alice").isEmpty();
    }

    /// They would go out as user properties, where MQTT allows no U+0000, and into the log.
    @ParameterizedTest
    @ValueSource(ints = {0, '\n', 0x1B, 0x85, 0x2028, 0x202E})
    void aNameThatDoesMoreThanShowItselfIsRefused(int unfit) {
        Bench here = bench();
        String name = "a" + Character.toString(unfit) + "b";
        assertRefused(
                here,
                sign(withRoles(claims().subject(name), "ui"), FIRST),
                "token: sub: control characters, ends of lines or marks of direction (expected:"
                        + " none)");
        assertRefused(
                here,
                sign(withRoles(claims().claim("azp", name), "ui"), FIRST),
                "token: azp: control characters, ends of lines or marks of direction (expected:"
                        + " none)");
    }

    @Test
    void idsOfTwoPairsAreNeverTheSame() {
        Bench here = bench();
        Login one = login(here, sign(claims().claim("azp", "a/b").subject("c").build(), FIRST));
        Login other = login(here, sign(claims().claim("azp", "a").subject("b/c").build(), FIRST));
        assertThat(one.principal().id()).isNotEqualTo(other.principal().id());
    }

    @Test
    void whatIsKnownOfAPrincipalOutlivesTheProcess() {
        Bench here = bench();
        String token = sign(withRoles(claims(), "ui"), FIRST);
        String id = login(here, token).principal().id();
        assertThat(here.identity.rights().apply("external:kc/user/web/nobody")).isNull();

        Bench again = new Bench(here.store, here.settings);
        AccessRights rights = again.identity.rights().apply(id);
        again.identity.close();
        assertThat(rights).isNotNull();
        assertThat(mayPublish(rights, "app/myapp/ui/content")).isTrue();
        assertThat(mayPublish(rights, "app/myapp/dialogue/x")).isFalse();

        Bench without = new Bench(here.store, here.settings.withIssuers(List.of()));
        assertThat(without.identity.rights().apply(id)).isNull();
        assertRefused(without, token, "token: signed with an unknown key");
    }

    @Test
    void anAdministratorFromElsewhereGetsTokensForClientsButIsRenewedElsewhere() {
        Trust trust =
                new Trust(
                        Set.of("*"),
                        Set.of("platform-admin"),
                        Set.of(),
                        false,
                        List.of(),
                        Map.of());
        Bench here = bench(issuer.settings("kc", trust));
        String admin = sign(withRoles(claims(), "platform-admin"), FIRST);
        assertThat(here.accepted(done(here.requestWith(admin, "myapp", "c1"))).principal().id())
                .isEqualTo("client:myapp/c1");
        String user = sign(claims().build(), FIRST);
        assertThat(Bench.refused(here.requestWith(user, "myapp", "c1")).kind())
                .isEqualTo(Refusal.Kind.FORBIDDEN);
        var renewal = new TokenService.RefreshRequest(null, null, null, null);
        assertThat(Bench.refused(here.identity.tokens().refresh(renewal, admin, Bench.ADDRESS)))
                .isEqualTo(Refusal.UNAUTHORIZED);
    }

    @Test
    void grantsAreBoundToTheClaimsOfTheToken() {
        Bench here = bench();
        JWTClaimsSet claims =
                withRoles(claims().claim("sessionId", "s1"), "dialogue.messages/{sessionId}");
        AccessRights rights = login(here, sign(claims, FIRST)).rights();
        assertThat(mayPublish(rights, "app/myapp/dialogue/messages/s1")).isTrue();
        assertThat(mayPublish(rights, "app/myapp/dialogue/messages/s2")).isFalse();
    }
}
