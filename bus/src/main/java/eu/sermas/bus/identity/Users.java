package eu.sermas.bus.identity;

import eu.sermas.bus.access.Principal;
import eu.sermas.bus.identity.secret.Secret;
import eu.sermas.bus.identity.secret.Secrets;
import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The people with accounts. Reads are look-ups in memory, from any thread; a change returns once
/// it is durable and in force.
public final class Users {

    /// What people have besides their account.
    ///
    /// @param apps ids of those that a user owns
    /// @param handOver gives all of them to another user; what stood against it, or null
    /// @param forget takes a user out of the members of every app
    record Estate(
            Function<String, Set<String>> apps,
            BiFunction<String, String, @Nullable Refusal> handOver,
            Consumer<String> forget) {

        static final Estate NONE = new Estate(_ -> Set.of(), (_, _) -> null, _ -> {});
    }

    /// As it is kept in the store.
    private record Stored(User user, @Nullable String passwordHash) {}

    private record Account(User user, Secret password) {

        /// Whether they can come in by it and administer the platform.
        boolean isAdministrator() {
            return user.enabled() && user.isAdmin() && password instanceof Secret.Hashed;
        }
    }

    static final Refusal NOT_FOUND = new Refusal(Refusal.Kind.NOT_FOUND, "user not found", null);

    /// Apps in an error message.
    private static final int MOST_NAMED = 10;

    private final Store store;
    private final Secrets secrets;
    private final Edition edition;

    // Made after the users that it asks about, and set before anybody is made.
    private volatile @Nullable RegistryBudget budget;

    // As above.
    private volatile Estate estate = Estate.NONE;

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

    void inherit(Estate of) {
        estate = of;
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

    /// @param name an id, or a user name
    public Optional<User> called(String name) {
        return user(name).or(() -> named(name));
    }

    /// In the order of their names.
    ///
    /// @param after only those behind this user name
    public List<User> list(Predicate<User> which, String after, int most) {
        return byName.values().stream()
                .map(Account::user)
                .filter(user -> user.username().compareTo(after) > 0)
                .filter(which)
                .sorted(Comparator.comparing(User::username))
                .limit(most)
                .toList();
    }

    public Outcome<User> create(NewUser user) {
        String username = user.name();
        Refusal problem = user.problem();
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
        String username = user.name();
        Refusal problem = user.problem();
        if (problem != null) {
            return Outcome.refused(problem);
        }
        String password = String.valueOf(user.anyPassword());
        writing.lock();
        try {
            Account present = byName.get(username);
            return present == null
                    ? insert(account(user, username, password))
                    : update(
                            present,
                            change(user).of(present.user()),
                            secrets.matches(password, present.password())
                                    ? present.password()
                                    : secrets.hash(password));
        } finally {
            writing.unlock();
        }
    }

    /// Changes an account, as one that may do that says. A password that is given, and an account
    /// that is disabled, end everything that was logged in with it.
    public Outcome<User> change(String userId, UserChange change) {
        Refusal problem = change.problem();
        if (problem != null) {
            return Outcome.refused(problem);
        }
        String password = change.password();
        writing.lock();
        try {
            Account present = byId.get(userId);
            return present == null
                    ? Outcome.refused(NOT_FOUND)
                    : update(
                            present,
                            change.of(present.user()),
                            password == null ? present.password() : secrets.hash(password));
        } finally {
            writing.unlock();
        }
    }

    /// Ends an account with everything that was logged in with it. Whoever owns apps stays until
    /// somebody else has them.
    ///
    /// @param heir id of the user who is to have their apps, or null
    public Outcome<User> remove(String userId, @Nullable String heir) {
        writing.lock();
        try {
            Account present = byId.get(userId);
            if (present == null) {
                return Outcome.refused(NOT_FOUND);
            }
            Refusal refusal = refusalOfEnd(present, heir);
            if (refusal != null) {
                return Outcome.refused(refusal);
            }
            refusal = end(present);
            if (refusal != null) {
                return Outcome.refused(refusal);
            }
            RegistryBudget payer = budget;
            if (payer != null) {
                var _ = payer.changeOfPlatform("users", 0, HeapCost.of(present.user()));
            }
            listener.accept(new IdentityEvent.UserDeleted(present.user()));
            return Outcome.done(present.user());
        } finally {
            writing.unlock();
        }
    }

    /// While writing. The user is gone before it is looked whether they own anything, and whoever
    /// makes an app looks whether they are there once it is: one of the two sees the other.
    private @Nullable Refusal end(Account account) {
        String userId = account.user().userId();
        byId.remove(userId);
        byName.remove(account.user().username());
        edition.next();
        boolean ended = false;
        try {
            Refusal refusal = refusalOfOwner(account);
            if (refusal == null) {
                estate.forget().accept(userId);
                commit(new Batch().delete(Store.Family.USER, keyOf(userId)));
                ended = true;
            }
            return refusal;
        } finally {
            if (!ended) {
                remember(account);
            }
        }
    }

    /// While writing. Hands over what there is, if nothing else stands in the way.
    private @Nullable Refusal refusalOfEnd(Account account, @Nullable String heir) {
        String userId = account.user().userId();
        if (isLast(account)) {
            return last(account);
        }
        if (heir != null) {
            if (heir.equals(userId) || !byId.containsKey(heir)) {
                return Refusal.badRequest("handOverTo: expected another user");
            }
            Refusal refusal = estate.handOver().apply(userId, heir);
            if (refusal != null) {
                return refusal;
            }
        }
        return refusalOfOwner(account);
    }

    private @Nullable Refusal refusalOfOwner(Account account) {
        Set<String> apps = estate.apps().apply(account.user().userId());
        return apps.isEmpty()
                ? null
                : Refusal.conflict(
                        "User %s owns %d apps: %s"
                                .formatted(
                                        account.user().username(),
                                        apps.size(),
                                        apps.stream()
                                                .sorted()
                                                .limit(MOST_NAMED)
                                                .collect(Collectors.joining(", "))));
    }

    /// Nobody could administer the platform without this one.
    private boolean isLast(Account account) {
        return account.isAdministrator()
                && byId.values().stream().filter(Account::isAdministrator).count() == 1;
    }

    private static Refusal last(Account account) {
        return Refusal.conflict("User " + account.user().username() + " is the last administrator");
    }

    private static UserChange change(NewUser wanted) {
        return new UserChange(
                null,
                null,
                wanted.email(),
                wanted.firstName(),
                wanted.lastName(),
                wanted.enabled(),
                wanted.roles());
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
    private Outcome<User> update(Account before, User user, Secret password) {
        Account after = new Account(user, password);
        if (isLast(before) && !after.isAdministrator()) {
            return Outcome.refused(last(before));
        }
        RegistryBudget payer = budget;
        Refusal refusal =
                payer == null
                        ? null
                        : payer.changeOfPlatform(
                                "users", HeapCost.of(user), HeapCost.of(before.user()));
        if (refusal != null) {
            return Outcome.refused(refusal);
        }
        put(after);
        boolean loginsEnd =
                !password.equals(before.password()) || (before.user().enabled() && !user.enabled());
        listener.accept(new IdentityEvent.UserUpdated(user, loginsEnd));
        return Outcome.done(user);
    }

    private static Refusal exists(String username) {
        return Refusal.badRequest("User " + username + " already exists");
    }

    /// Whether this user has the role `platform-admin`.
    boolean isAdministrator(String userId) {
        Account account = byId.get(userId);
        return account != null && account.user().isAdmin();
    }

    /// Whether anybody with the role `platform-admin` can log in by a stored password.
    public boolean hasAdmin() {
        return byId.values().stream().anyMatch(Account::isAdministrator);
    }

    /// Makes a user with the role `platform-admin`, or gives it this password, which is kept until
    /// it is changed. Writes nothing where all of that is so already, at the price of one hash.
    public void setAdmin(String username, String password) {
        String name = lower(username);
        if (!User.isName(name)) {
            throw new IllegalArgumentException("admin user: expected " + User.NAME_FORM);
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
                if (present != null) {
                    boolean another = !kept.equals(present.password());
                    listener.accept(new IdentityEvent.UserUpdated(user, another));
                }
            }
        } finally {
            writing.unlock();
        }
    }

    private void put(Account account) {
        commit(
                new Batch()
                        .put(
                                Store.Family.USER,
                                keyOf(account.user().userId()),
                                Json.write(stored(account))));
        remember(account);
    }

    private void commit(Batch batch) {
        store.commit(batch).toCompletableFuture().join();
    }

    private static byte[] keyOf(String userId) {
        return userId.getBytes(StandardCharsets.UTF_8);
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

    /// Whether a password that was found right is so now. Costs nothing where it is.
    boolean isStill(String username, String password) {
        return secrets.matches(password, passwordOf(username));
    }

    private Secret passwordOf(String username) {
        Account account = byName.get(lower(username));
        return account == null ? Secret.NONE : account.password();
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
