package eu.sermas.bus.identity;

import static eu.sermas.bus.identity.Bench.done;
import static eu.sermas.bus.identity.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import eu.sermas.bus.identity.TokenService.LoginRequest;
import eu.sermas.bus.store.Store;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
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
        assertThat(bench.events).contains(new IdentityEvent.UserUpdated(second, true));
        assertThat(canLogin(bench, "alice", "one")).isFalse();
        assertThat(canLogin(bench, "alice", "two")).isTrue();

        User third = done(users.save(user("alice", "three")));
        assertThat(third).as("what is not said stays").isEqualTo(second);
        done(users.save(user("alice", "three")));
        assertThat(bench.events)
                .as("the same password ends nothing")
                .last()
                .isEqualTo(new IdentityEvent.UserUpdated(third, false));
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
    void anotherPasswordInTheConfigurationEndsWhatWasLoggedInWithTheOldOne() {
        users.setAdmin("admin", "pw-admin");
        TokenResponse before = bench.login("admin", null, null);
        users.setAdmin("admin", "pw-admin");
        bench.accepted(before);
        users.setAdmin("admin", "another");
        assertThat(bench.refusalOf(before.accessToken(), new byte[0])).contains("revoked");
        assertThat(canLogin(bench, "admin", "another")).isTrue();
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

    private static UserChange password(String password) {
        return new UserChange(password, null, null, null, null, null, null);
    }

    private static UserChange standing(@Nullable Boolean enabled, @Nullable List<String> roles) {
        return new UserChange(null, null, null, null, null, enabled, roles);
    }

    @Test
    void aNewPasswordEndsEverythingThatWasLoggedInWithTheOldOne() {
        String alice = bench.createUser("alice", List.of());
        String bob = bench.createUser("bob", List.of());
        TokenResponse before = bench.login("alice", null, null);
        TokenResponse other = bench.login("bob", null, null);
        bench.events.clear();

        User changed = done(users.change(alice, password("another")));

        assertThat(bench.events).contains(new IdentityEvent.UserUpdated(changed, true));
        assertThat(bench.refusalOf(before.accessToken(), new byte[0]))
                .isEqualTo("token: revoked with all of its user");
        refused(bench.refresh(before.refreshToken()));
        assertThat(canLogin(bench, "alice", "pw-alice")).isFalse();
        assertThat(canLogin(bench, "alice", "another")).isTrue();
        bench.accepted(other);
        done(bench.refresh(other.refreshToken()));
        Bench next = new Bench(bench.store, bench.settings);
        assertThat(next.refusalOf(before.accessToken(), new byte[0])).contains("revoked");
        assertThat(canLogin(next, "alice", "another")).isTrue();
        assertThat(bob).isNotEqualTo(alice);
    }

    @Test
    void aChangeChangesWhatItNames() {
        NewUser whole =
                new NewUser(
                        null, "alice", "a@x", "pw-alice", "A", "B", null, List.of("editor"), null);
        User alice = done(users.create(whole));
        TokenResponse before = bench.login("alice", null, null);
        UserChange change = new UserChange(null, null, "", "Alice", null, null, null);
        User changed = done(users.change(alice.userId(), change));
        assertThat(changed)
                .isEqualTo(
                        new User(
                                alice.userId(),
                                "alice",
                                null,
                                "Alice",
                                "B",
                                true,
                                Set.of("editor")));
        bench.accepted(before);

        done(users.change(alice.userId(), standing(false, null)));
        assertThat(bench.refusalOf(before.accessToken(), new byte[0])).contains("revoked");
        done(users.change(alice.userId(), standing(true, null)));
        assertThat(bench.refusalOf(before.accessToken(), new byte[0]))
                .as("what has ended does not come back")
                .contains("revoked");
        assertThat(canLogin(bench, "alice", "pw-alice")).isTrue();
    }

    @Test
    void changesThatCannotBe() {
        String alice = bench.createUser("alice", List.of());
        assertThat(refused(users.change("nobody", standing(false, null))).message())
                .isEqualTo("user not found");
        assertThat(refused(users.change(alice, password(""))).message())
                .isEqualTo("missing password");
        assertThat(refused(users.change(alice, password("x".repeat(1_025)))).message())
                .startsWith("password: expected at most 1024");
        for (List<@Nullable String> roles :
                List.of(
                        Collections.<@Nullable String>singletonList(null),
                        Collections.<@Nullable String>singletonList(""),
                        Collections.<@Nullable String>nCopies(257, "r"))) {
            assertThat(refused(users.change(alice, standing(null, roles))).message())
                    .startsWith("roles: expected at most 256");
        }
    }

    /// Also where a list is imported that has them otherwise.
    @Test
    void theLastAdministratorStays() {
        String first = bench.createUser("first", List.of("platform-admin"));
        String disabled = bench.createUser("second", List.of("platform-admin"));
        done(users.change(disabled, standing(false, null)));
        NewUser without =
                new NewUser(null, "first", null, "pw-first", null, null, null, List.of(), null);
        for (Outcome<User> outcome :
                List.of(
                        users.remove(first, null),
                        users.change(first, standing(false, null)),
                        users.change(first, standing(null, List.of("editor"))),
                        users.save(without))) {
            assertThat(refused(outcome))
                    .isEqualTo(Refusal.conflict("User first is the last administrator"));
        }
        done(users.change(disabled, standing(true, null)));
        done(users.remove(first, null));
        assertThat(refused(users.remove(disabled, null)).kind()).isEqualTo(Refusal.Kind.CONFLICT);
    }

    @Test
    void whoOwnsAppsStaysUntilSomebodyElseHasThem() {
        Bench busy = Bench.withApp();
        Users people = busy.identity.users();
        Registry registry = busy.identity.registry();
        String alice = people.named("alice").orElseThrow().userId();
        String bob = people.named("bob").orElseThrow().userId();
        done(registry.changeMembers("myapp", _ -> Set.of(bob)));
        assertThat(refused(people.remove(alice, null)))
                .isEqualTo(Refusal.conflict("User alice owns 1 apps: myapp"));
        assertThat(refused(people.remove(alice, alice)).message())
                .isEqualTo("handOverTo: expected another user");
        assertThat(refused(people.remove(alice, "nobody")).kind())
                .isEqualTo(Refusal.Kind.BAD_REQUEST);
        TokenResponse owner = busy.login("alice", "myapp", null);
        TokenResponse member = busy.login("bob", "myapp", null);

        done(people.remove(alice, bob));

        assertThat(registry.app("myapp").orElseThrow().ownerId()).isEqualTo(bob);
        assertThat(busy.refusalOf(owner.accessToken(), new byte[0])).contains("revoked");
        busy.accepted(member);
        assertThat(people.user(alice)).isEmpty();
        assertThat(people.named("alice")).isEmpty();
        assertThat(new Bench(busy.store, busy.settings).identity.users().user(alice)).isEmpty();
    }

    /// An account of the same id may come back from a list; what the first one had does not.
    @Test
    void nothingOfADeletedUserComesBackWithTheirId() {
        Bench busy = Bench.withApp();
        Users people = busy.identity.users();
        Registry registry = busy.identity.registry();
        String bob = people.named("bob").orElseThrow().userId();
        done(registry.changeMembers("myapp", _ -> Set.of(bob)));
        TokenResponse token = busy.login("bob", "myapp", null);
        // Nobody has seen this token since the start.
        Bench next = new Bench(busy.store, busy.settings);
        next.pass(Duration.ofSeconds(5));
        done(next.identity.users().remove(bob, null));
        assertThat(next.events).contains(new IdentityEvent.UserDeleted(user(people, bob)));
        done(
                next.identity
                        .users()
                        .create(
                                new NewUser(
                                        bob, "bob", null, "pw-bob", null, null, null, null, null)));

        assertThat(next.refusalOf(token.accessToken(), new byte[0])).contains("revoked");
        refused(next.refresh(token.refreshToken()));
        assertThat(next.identity.registry().members("myapp").orElseThrow()).isEmpty();
        next.accepted(next.login("bob", "myapp", null));
    }

    /// Whoever makes an app looks for its owner afterwards; so its owner is gone first.
    @Test
    void anAppThatIsMadeMeanwhileKeepsItsOwner() {
        Bench busy = Bench.withApp();
        Users people = busy.identity.users();
        String bob = people.named("bob").orElseThrow().userId();
        TokenResponse before = busy.login("bob", null, null);
        busy.events.clear();
        List<Boolean> there = new ArrayList<>();
        people.inherit(
                new Users.Estate(
                        userId -> {
                            there.add(people.user(userId).isPresent());
                            return there.size() == 1 ? Set.of() : Set.of("new");
                        },
                        (_, _) -> null,
                        _ -> there.clear()));
        assertThat(refused(people.remove(bob, null)))
                .isEqualTo(Refusal.conflict("User bob owns 1 apps: new"));
        assertThat(there).containsExactly(true, false);
        assertThat(people.named("bob")).isPresent();
        assertThat(busy.events).isEmpty();
        busy.accepted(before);
    }

    private static User user(Users users, String id) {
        return users.user(id).orElseThrow();
    }

    @Test
    void usersAreListedInTheOrderOfTheirNames() {
        for (String name : List.of("carol", "alice", "bob")) {
            bench.createUser(name, List.of());
        }
        assertThat(users.list(_ -> true, "", 2))
                .extracting(User::username)
                .containsExactly("alice", "bob");
        assertThat(users.list(_ -> true, "bob", 2))
                .extracting(User::username)
                .containsExactly("carol");
    }
}
