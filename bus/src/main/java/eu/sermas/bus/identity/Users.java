package eu.sermas.bus.identity;

import eu.sermas.bus.identity.secret.Secret;
import eu.sermas.bus.identity.secret.Secrets;

import eu.sermas.bus.access.Principal;
import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The people with accounts. Reads are look-ups in memory, from any thread; a change returns once
/// it is durable and in force.
public final class Users {

    private static final int MIN_NAME = 3;
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}._@+~-]{3,128}");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,64}");

    /// Names that look like those of clients in logs and tokens.
    private static final String SERVICE_ACCOUNT = "service-account-";

    /// As it is kept in the store.
    private record Stored(User user, @Nullable String passwordHash) {}

    private record Account(User user, Secret password) {}

    /// Characters of an email address or a part of a name, and the roles of one user.
    private static final int LONGEST = 256;

    private final Store store;
    private final Secrets secrets;
    private final Edition edition;

    // Made after the users that it asks about, and set before anybody is made.
    private volatile @Nullable RegistryBudget budget;

    private volatile Consumer<IdentityEvent> listener = _ -> {};
    private final ReentrantLock writing = new ReentrantLock();
    private final Map<String, Account> byId = new ConcurrentHashMap<>();
    private final Map<String, Account> byName = new ConcurrentHashMap<>();

    Users(Store store, Secrets secrets, Edition edition) {
        this.store = store;
        this.secrets = secrets;
        this.edition = edition;
        store.scan(
                Store.Family.USER,
                new byte[0],
                (_, value) -> {
                    Stored stored = Json.read(value, Stored.class);
                    String hash = stored.passwordHash();
                    remember(
                            new Account(
                                    stored.user(),
                                    hash == null ? Secret.NONE : new Secret.Hashed(hash)));
                    return true;
                });
    }

    /// On whose account users are: that of the platform, since only its administrators make any.
    void charge(RegistryBudget account) {
        byId.values().forEach(known -> account.beginOfPlatform(HeapCost.of(known.user())));
        budget = account;
    }

    /// Who is told about changes, on the thread of the change and after it is in force.
    void report(Consumer<IdentityEvent> to) {
        listener = to;
    }

    boolean isEmpty() {
        return byId.isEmpty();
    }

    public Optional<User> user(String userId) {
        return Optional.ofNullable(byId.get(userId)).map(Account::user);
    }

    public Optional<User> named(String username) {
        return Optional.ofNullable(byName.get(lower(username))).map(Account::user);
    }

    public Outcome<User> create(NewUser user) {
        String username = nameOf(user);
        Refusal problem = problemOf(user, username);
        if (problem == null && byName.containsKey(username)) {
            problem = exists(username);
        }
        return problem != null
                ? Outcome.refused(problem)
                : insert(account(user, username, String.valueOf(user.anyPassword())));
    }

    /// Creates a user, or gives one of this name the new password, and what else is said of it;
    /// what is not said stays, and so does the id. So a list can be imported again and again.
    public Outcome<User> save(NewUser user) {
        String username = nameOf(user);
        Refusal problem = problemOf(user, username);
        if (problem != null) {
            return Outcome.refused(problem);
        }
        Account account = account(user, username, String.valueOf(user.anyPassword()));
        writing.lock();
        try {
            Account present = byName.get(username);
            return present == null
                    ? insert(account)
                    : update(
                            present.user(),
                            new Account(changed(present.user(), user), account.password()));
        } finally {
            writing.unlock();
        }
    }

    private static User changed(User present, NewUser wanted) {
        List<String> roles = wanted.roles();
        return new User(
                present.userId(),
                present.username(),
                wanted.email() == null ? present.email() : wanted.email(),
                wanted.firstName() == null ? present.firstName() : wanted.firstName(),
                wanted.lastName() == null ? present.lastName() : wanted.lastName(),
                wanted.enabled() == null ? present.enabled() : wanted.enabled(),
                roles == null ? present.roles() : Set.copyOf(roles));
    }

    private static String nameOf(NewUser user) {
        return lower(user.username() == null ? "" : user.username().strip());
    }

    private static @Nullable Refusal problemOf(NewUser user, String username) {
        String password = user.anyPassword();
        List<String> roles = user.roles();
        if (username.length() < MIN_NAME) {
            return Refusal.badRequest("missing username");
        }
        if (!NAME.matcher(username).matches() || username.startsWith(SERVICE_ACCOUNT)) {
            return Refusal.badRequest("username: expected 3..128 letters, digits or . _ @ + ~ -");
        }
        if (password == null || password.isEmpty()) {
            return Refusal.badRequest("missing password");
        }
        if (password.length() > Secrets.MAX_LENGTH) {
            return Refusal.badRequest("password: expected at most 1024 characters");
        }
        if (isLong(user.email()) || isLong(user.firstName()) || isLong(user.lastName())) {
            return Refusal.badRequest(
                    "email, firstName, lastName: expected at most " + LONGEST + " characters");
        }
        if (roles != null && (roles.size() > LONGEST || roles.stream().anyMatch(Users::isLong))) {
            return Refusal.badRequest(
                    "roles: expected at most %d of at most %d characters"
                            .formatted(LONGEST, LONGEST));
        }
        return user.id() == null || ID.matcher(user.id()).matches()
                ? null
                : Refusal.badRequest("id: expected a UUID");
    }

    private static boolean isLong(@Nullable String text) {
        return text != null && text.length() > LONGEST;
    }

    private Account account(NewUser user, String username, String password) {
        List<String> roles = user.roles();
        return new Account(
                new User(
                        user.id() == null ? UUID.randomUUID().toString() : user.id(),
                        username,
                        user.email(),
                        user.firstName(),
                        user.lastName(),
                        user.enabled() == null || user.enabled(),
                        roles == null ? Set.of() : Set.copyOf(roles)),
                secrets.hash(password));
    }

    private Outcome<User> insert(Account account) {
        writing.lock();
        try {
            User user = account.user();
            if (byName.containsKey(user.username()) || byId.containsKey(user.userId())) {
                return Outcome.refused(exists(user.username()));
            }
            RegistryBudget payer = budget;
            Refusal refusal =
                    payer == null ? null : payer.changeOfPlatform("users", HeapCost.of(user), 0);
            if (refusal != null) {
                return Outcome.refused(refusal);
            }
            put(account);
            listener.accept(new IdentityEvent.UserCreated(user));
            return Outcome.done(user);
        } finally {
            writing.unlock();
        }
    }

    /// While writing.
    private Outcome<User> update(User before, Account account) {
        User user = account.user();
        RegistryBudget payer = budget;
        Refusal refusal =
                payer == null
                        ? null
                        : payer.changeOfPlatform("users", HeapCost.of(user), HeapCost.of(before));
        if (refusal != null) {
            return Outcome.refused(refusal);
        }
        put(account);
        listener.accept(new IdentityEvent.UserUpdated(user));
        return Outcome.done(user);
    }

    private static Refusal exists(String username) {
        return Refusal.badRequest("User " + username + " already exists");
    }

    /// Whether this user has the role `platform-admin`.
    boolean isAdministrator(String userId) {
        Account account = byId.get(userId);
        return account != null && account.user().roles().contains(Principal.PLATFORM_ADMIN);
    }

    /// Whether anybody with the role `platform-admin` can log in by a stored password.
    public boolean hasAdmin() {
        return byId.values().stream()
                .anyMatch(
                        account ->
                                account.user().enabled()
                                        && account.user().roles().contains(Principal.PLATFORM_ADMIN)
                                        && account.password() instanceof Secret.Hashed);
    }

    /// Makes a user with the role `platform-admin`, or gives it this password, which is kept until
    /// it is changed. Writes nothing where all of that is so already, at the price of one hash.
    public void setAdmin(String username, String password) {
        String name = lower(username);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "admin user: expected 3..128 letters, digits or . _ @ + ~ -");
        }
        writing.lock();
        try {
            Account present = byName.get(name);
            User user =
                    present == null
                            ? new User(
                                    UUID.randomUUID().toString(),
                                    name,
                                    null,
                                    null,
                                    null,
                                    true,
                                    Set.of(Principal.PLATFORM_ADMIN))
                            : present.user().asAdmin();
            Secret kept =
                    present != null && secrets.matches(password, present.password())
                            ? present.password()
                            : secrets.hash(password);
            Account account = new Account(user, kept);
            if (!account.equals(present)) {
                put(account);
            }
        } finally {
            writing.unlock();
        }
    }

    private void put(Account account) {
        byte[] key = account.user().userId().getBytes(StandardCharsets.UTF_8);
        store.commit(new Batch().put(Store.Family.USER, key, Json.write(stored(account))))
                .toCompletableFuture()
                .join();
        remember(account);
    }

    private void remember(Account account) {
        byId.put(account.user().userId(), account);
        byName.put(account.user().username(), account);
        edition.next();
    }

    private static Stored stored(Account account) {
        return new Stored(
                account.user(),
                account.password() instanceof Secret.Hashed(String hash) ? hash : null);
    }

    /// The user with this name and password. Takes as long for one that does not exist.
    @Nullable User check(String username, String password) {
        boolean matches = secrets.matches(password, passwordOf(username));
        User user = named(username).orElse(null);
        return matches && user != null && user.enabled() ? user : null;
    }

    private Secret passwordOf(String username) {
        Account account = byName.get(lower(username));
        return account == null ? Secret.NONE : account.password();
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
