package eu.sermas.bus.identity;

import static eu.sermas.bus.identity.Bench.done;
import static eu.sermas.bus.identity.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import eu.sermas.bus.identity.TokenService.LoginRequest;
import eu.sermas.bus.store.Store;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsersTest {

    private final Bench bench = new Bench();
    private final Users users = bench.identity.users();

    private static boolean canLogin(Bench bench, String user, String password) {
        return bench.identity
                        .tokens()
                        .login(new LoginRequest(user, password, null, null), Bench.ADDRESS)
                instanceof Outcome.Done;
    }

    private static NewUser user(@Nullable String name, @Nullable String password) {
        return new NewUser(null, name, null, password, null, null, null, null, null);
    }

    @Test
    void aUserCanLogInByAnyCaseOfTheNameAlsoAfterARestart() {
        User user = done(users.create(user("Alice@Example.org", "pässword")));
        assertThat(user.username()).isEqualTo("alice@example.org");
        assertThat(bench.events).containsExactly(new IdentityEvent.UserCreated(user));
        assertThat(bench.storedText()).contains("$argon2id$").doesNotContain("pässword");
        Bench next = new Bench(bench.store, bench.settings);
        assertThat(canLogin(next, "ALICE@example.org", "pässword")).isTrue();
        assertThat(canLogin(next, "alice@example.org", "password")).isFalse();
        assertThat(next.identity.users().user(user.userId())).contains(user);
    }

    @ParameterizedTest
    @CsvSource({
        "al, pw, missing username",
        ", pw, missing username",
        "alice, , missing password",
        "alice, '', missing password",
        "'a b c', pw, username: expected 3..128 letters",
        "service-account-x, pw, username: expected 3..128 letters",
        "taken, pw, User taken already exists",
        "TAKEN, pw, User taken already exists"
    })
    void usersThatCannotBe(@Nullable String name, @Nullable String password, String message) {
        done(users.create(user("taken", "pw")));
        Refusal refusal = refused(users.create(user(name, password)));
        assertThat(refusal.kind()).isEqualTo(Refusal.Kind.BAD_REQUEST);
        assertThat(refusal.message()).startsWith(message);
    }

    @Test
    void aListMayBeSavedAgain() {
        User first = done(users.save(user("alice", "one")));
        assertThat(canLogin(bench, "alice", "one")).isTrue();
        bench.events.clear();
        NewUser again =
                new NewUser(
                        "another-id",
                        "ALICE",
                        "a@example.org",
                        "two",
                        null,
                        null,
                        null,
                        List.of("platform-admin"),
                        null);
        User second = done(users.save(again));
        assertThat(second.userId()).isEqualTo(first.userId());
        assertThat(second.email()).isEqualTo("a@example.org");
        assertThat(second.roles()).containsExactly("platform-admin");
        assertThat(bench.events).contains(new IdentityEvent.UserUpdated(second));
        assertThat(canLogin(bench, "alice", "one")).isFalse();
        assertThat(canLogin(bench, "alice", "two")).isTrue();

        User third = done(users.save(user("alice", "three")));
        assertThat(third).as("what is not said stays").isEqualTo(second);
        Bench next = new Bench(bench.store, bench.settings);
        assertThat(canLogin(next, "alice", "three")).isTrue();
        assertThat(next.identity.users().user(first.userId())).contains(third);
        assertThat(refused(users.save(user("alice", ""))).message()).isEqualTo("missing password");
    }

    @Test
    void aUserOfAKeycloakList() throws IOException {
        NewUser user =
                new ObjectMapper()
                        .readValue(
                                """
                                {"id":"0b5b6c3e-0000-4000-8000-000000000001","username":"carol",
                                 "emailVerified":true,"enabled":true,
                                 "realmRoles":["platform-admin"],
                                 "credentials":[{"type":"password","value":"pw","temporary":false}]}
                                """,
                                NewUser.class);
        User carol = done(users.create(user));
        assertThat(carol.userId()).isEqualTo("0b5b6c3e-0000-4000-8000-000000000001");
        assertThat(carol.roles()).containsExactly("platform-admin");
        assertThat(canLogin(bench, "carol", "pw")).isTrue();
        assertThat(user.toString()).doesNotContain("pw");
    }

    @Test
    void aDisabledUserCannotLogIn() {
        done(
                users.create(
                        new NewUser(null, "dave", null, "pw", null, null, false, List.of(), null)));
        assertThat(canLogin(bench, "dave", "pw")).isFalse();
    }

    @Test
    void theAdministratorOfTheConfigurationKeepsThePasswordUntilItIsChanged() {
        users.setAdmin("admin", "first");
        String id = users.named("admin").orElseThrow().userId();
        assertThat(canLogin(bench, "admin", "first")).isTrue();
        Bench without = new Bench(bench.store, bench.settings);
        assertThat(without.identity.users().hasAdmin()).isTrue();
        assertThat(canLogin(without, "admin", "first")).isTrue();
        Bench next = new Bench(bench.store, bench.settings);
        next.identity.users().setAdmin("admin", "second");
        assertThat(canLogin(next, "admin", "first")).isFalse();
        assertThat(canLogin(next, "admin", "second")).isTrue();
        assertThat(next.identity.users().named("admin").orElseThrow().userId()).isEqualTo(id);
        Bench last = new Bench(bench.store, bench.settings);
        assertThat(canLogin(last, "admin", "first")).isFalse();
        assertThat(canLogin(last, "admin", "second")).isTrue();
    }

    @Test
    void anAdministratorWhoIsAsConfiguredIsNotWrittenAgain() {
        users.setAdmin("admin", "same");
        Bench next = new Bench(bench.store, bench.settings);
        List<byte[]> before = stored(next);
        next.identity.users().setAdmin("admin", "same");
        assertThat(stored(next)).usingRecursiveComparison().isEqualTo(before);
    }

    private static List<byte[]> stored(Bench bench) {
        List<byte[]> users = new ArrayList<>();
        bench.store.scan(Store.Family.USER, new byte[0], (_, value) -> users.add(value.clone()));
        return users;
    }
}
