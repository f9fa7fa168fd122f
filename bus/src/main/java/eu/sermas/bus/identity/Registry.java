package eu.sermas.bus.identity;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Grants;
import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.identity.secret.Secrets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The apps with their clients and modules, and the modules of the platform. Reads are look-ups in
/// memory, from any thread; a change returns once it is durable and in force. Nothing that it hands
/// out holds a secret, except the answer to a creation.
///
/// Each app is one immutable [AppState]. A change takes the write lock of the app, drafts the next
/// state, writes the difference, puts the new state in force, and reports the difference as events.
/// Apps do not wait for each other.
public final class Registry {

    private static final int LOCKS = 256;

    /// What a user gets who is made a member.
    public static final List<String> MEMBER_PERMISSIONS = Relation.MEMBER.permissions();

    private final RegistryStore store;
    private final Secrets secrets;
    private final InstantSource clock;
    private final ModuleTopics topics;
    private final Edition edition;
    private final AppDraft.Rules rules;

    private volatile Consumer<IdentityEvent> listener = _ -> {};
    private final RegistryBudget budget;

    /// An app has one of these by its name. No thread has two of them.
    private final ReentrantLock[] writing = new ReentrantLock[LOCKS];

    private final Map<String, AppState> apps;
    private final CompositeIds composites;
    private final PlatformModules modules;

    /// Ids that are taken because what is kept of an app of this id is just being removed.
    private final Set<String> leaving;

    private volatile Consumer<String> removal = _ -> {};

    /// @param catalogue to which modules may add topics
    Registry(
            RegistryStore store,
            Secrets secrets,
            Set<String> systemClients,
            InstantSource clock,
            LiveCatalogue catalogue,
            RegistryBudget budget,
            Edition edition,
            AppDraft.Rules rules) {
        Arrays.setAll(writing, _ -> new ReentrantLock());
        this.budget = budget;
        this.store = store;
        this.secrets = secrets;
        this.composites = new CompositeIds(systemClients, id -> state(id).orElse(null));
        this.clock = clock;
        this.edition = edition;
        this.rules = rules;
        this.apps = new ConcurrentHashMap<>(store.readApps());
        this.leaving = ConcurrentHashMap.newKeySet();
        leaving.addAll(store.readLeaving());
        this.topics = new ModuleTopics(catalogue);
        this.modules = new PlatformModules(store, topics, budget);
        apps.values().forEach(state -> composites.replace(null, state));
        apps.values().forEach(budget::begin);
        topics.begin(modules.all(), apps.values());
    }

    /// Who is told about changes, on the thread of the change and after it is in force.
    void report(Consumer<IdentityEvent> to) {
        listener = to;
    }

    /// Who removes everything else that is kept of an app when it ends. It may block, and has to
    /// throw where something is left; what is gone once may be removed again.
    public void removeWith(Consumer<String> other) {
        removal = other;
    }

    /// The ids of which something may be left: the process ended, or the disk failed, while it was
    /// being removed.
    public Set<String> leaving() {
        return Set.copyOf(leaving);
    }

    /// Says that nothing is left of an app that has ended, so that its id is free.
    public void gone(String appId) {
        store.gone(appId);
        leaving.remove(appId);
    }

    public Optional<App> app(String appId) {
        return state(appId).map(AppState::app);
    }

    /// What was made with the app that has this id now, and with no other of the same id, before or
    /// after it: the `sub` of the client that every app has. Empty where there is no such app.
    public String madeWith(String appId) {
        AppState state = apps.get(appId);
        ClientState application = state == null ? null : state.clients().get(Names.APPLICATION);
        return application == null ? "" : application.sub();
    }

    public List<App> apps() {
        return apps.values().stream()
                .map(AppState::app)
                .sorted(Comparator.comparing(App::appId))
                .toList();
    }

    public List<App> appsOwnedBy(String userId) {
        return apps().stream().filter(app -> app.ownerId().equals(userId)).toList();
    }

    Optional<AppState> state(String appId) {
        return Optional.ofNullable(apps.get(appId));
    }

    /// The ids of the users who are members of an app, in their order.
    public Optional<List<String>> members(String appId) {
        return state(appId).map(state -> state.members().stream().sorted().toList());
    }

    /// @param change makes of the members what they shall be
    /// @return the app
    public Outcome<App> changeMembers(String appId, UnaryOperator<Set<String>> change) {
        return change(
                appId,
                AccessRights.system(),
                false,
                draft -> draft.replaceMembers(change.apply(draft.members())));
    }

    /// Gives every app of one user to another.
    ///
    /// @return what stood against it, or null
    @Nullable Refusal handOver(String from, String to) {
        for (String appId : appIdsOwnedBy(from)) {
            Outcome<App> outcome =
                    change(
                            appId,
                            AccessRights.system(),
                            false,
                            draft -> {
                                if (draft.app().ownerId().equals(from)) {
                                    draft.replaceApp(draft.app().withOwner(to));
                                }
                            });
            if (outcome instanceof Outcome.Refused<App>(Refusal refusal)
                    && refusal.kind() != Refusal.Kind.NOT_FOUND) {
                return refusal;
            }
        }
        return null;
    }

    /// Takes a user out of the members of every app.
    void forgetMember(String userId) {
        for (AppState state : apps.values()) {
            if (state.members().contains(userId)) {
                var _ = changeMembers(state.appId(), members -> without(members, userId));
            }
        }
    }

    private static Set<String> without(Set<String> members, String userId) {
        Set<String> fewer = new HashSet<>(members);
        fewer.remove(userId);
        return fewer;
    }

    Set<String> appIdsOwnedBy(String userId) {
        Set<String> owned = new HashSet<>();
        for (AppState state : apps.values()) {
            if (state.app().ownerId().equals(userId)) {
                owned.add(state.appId());
            }
        }
        return owned;
    }

    /// The clients that tokens call so: one, but for names that are put together in two ways. Who
    /// has nothing else to tell them apart means the first, that of the older app.
    List<ClientRef> clientsCalled(String composite) {
        return composites.find(composite);
    }

    /// @param app with or without an id; modules and clients with or without secrets
    /// @return the app with the secrets that were made up for it
    public Outcome<App> createApp(App app) {
        return createApp(app, false);
    }

    private Outcome<App> createApp(App app, boolean byPlatform) {
        String appId = app.appId().isEmpty() ? UUID.randomUUID().toString() : app.appId();
        Refusal refusal = AppDraft.refusalOf(appId, app.ownerId());
        return refusal != null
                ? Outcome.refused(refusal)
                : locked(appId, () -> create(appId, app, byPlatform));
    }

    private @Nullable Refusal taken(String appId) {
        if (apps.containsKey(appId)) {
            return Refusal.conflict("App " + appId + " already exists");
        }
        return leaving.contains(appId)
                ? Refusal.conflict("App " + appId + " is just being deleted")
                : null;
    }

    private Outcome<App> create(String appId, App app, boolean byPlatform) {
        Refusal taken = taken(appId);
        if (taken != null) {
            return Outcome.refused(taken);
        }
        String now = now();
        AppDraft draft =
                new AppDraft(app.withIdentity(appId, now, now), terms(AccessRights.system()));
        draft.replaceParts(app);
        return apply(null, draft, true, byPlatform)
                .map(state -> draft.withNewSecretsIn(state.app()));
    }

    /// Changes what is named of an app.
    ///
    /// @param by whose rights limit what is handed out
    /// @return the app with the secrets of the modules and clients that are new
    public Outcome<App> changeApp(String appId, AppChange change, AccessRights by) {
        return change(
                appId,
                by,
                false,
                draft -> {
                    draft.replaceApp(change.of(draft.app()));
                    draft.changeParts(change);
                });
    }

    /// Creates or replaces, on the account of the platform; absent modules or clients stay as they
    /// are.
    ///
    /// @param skipClients leaves clients out
    public Outcome<App> importApp(App app, boolean skipClients) {
        App wanted = skipClients ? app.withParts(app.modules(), null) : app;
        return apps.containsKey(app.appId()) ? replaceApp(wanted) : createApp(wanted, true);
    }

    private Outcome<App> replaceApp(App app) {
        return change(
                app.appId(),
                AccessRights.system(),
                true,
                draft -> {
                    draft.replaceApp(app.ownerId().isEmpty() ? draft.keepOwner(app) : app);
                    draft.replaceParts(app);
                });
    }

    /// @param by as in [#changeApp]
    public Outcome<App> changeSettings(String appId, JsonNode settings, AccessRights by) {
        return change(
                appId, by, false, draft -> draft.replaceApp(draft.app().withSettings(settings)));
    }

    public Outcome<App> changeTools(String appId, JsonNode tools) {
        return change(
                appId,
                AccessRights.system(),
                false,
                draft -> draft.replaceApp(draft.app().withTools(tools)));
    }

    /// Ends an app, and removes everything that is kept of it. Its id is taken until that is done,
    /// so that whoever has it next finds nothing of this one; where the process ends or the disk
    /// fails before, the next start does it, or the next call.
    ///
    /// @return whether there was such an app
    public boolean removeApp(String appId) {
        boolean known =
                locked(
                        appId,
                        () -> {
                            AppState state = apps.get(appId);
                            if (state != null) {
                                commit(state, null, true);
                            }
                            return leaving.contains(appId);
                        });
        if (known) {
            removal.accept(appId);
            gone(appId);
        }
        return known;
    }

    /// Any client of the app: its own, those of modules, and `application`.
    ///
    /// @param id short or composite
    public Optional<AppClient> client(String appId, String id) {
        return state(appId).flatMap(state -> state.client(id)).map(ClientState::client);
    }

    /// Every client of an app by its short id: its own, those of modules, and `application`.
    public Optional<List<ListedClient>> clients(String appId) {
        return state(appId).map(state -> state.listed(clock.millis()));
    }

    /// @param id short or composite
    public Optional<Grants> grants(String appId, String id) {
        return state(appId).flatMap(state -> state.client(id)).map(ClientState::grants);
    }

    /// @param by as in [#changeApp]
    /// @return the client with its secret
    public Outcome<AppClient> createClient(String appId, AppClient client, AccessRights by) {
        return within(
                appId,
                state -> {
                    String id = client.clientId();
                    if (id != null && state.clients().containsKey(id)) {
                        return Outcome.refused(
                                Refusal.badRequest("Client " + id + " already exists"));
                    }
                    AppDraft draft = new AppDraft(state, terms(by));
                    draft.putClient(client, false);
                    return apply(state, draft, false).map(_ -> draft.withNewSecrets().getFirst());
                });
    }

    <T> Outcome<T> ofClient(
            String appId, String id, BiFunction<AppState, ClientState, Outcome<T>> action) {
        return within(
                appId,
                state ->
                        state.client(id)
                                .map(client -> action.apply(state, client))
                                .orElseGet(() -> Outcome.refused(Refusal.CLIENT_NOT_FOUND)));
    }

    /// @param id short or composite
    public Outcome<AppClient> removeClient(String appId, String id) {
        return ofClient(
                appId,
                id,
                (state, client) -> {
                    if (client.origin() == ClientState.Origin.APPLICATION) {
                        return Outcome.refused(
                                Refusal.badRequest("client application: part of every app"));
                    }
                    AppDraft draft = new AppDraft(state, terms(AccessRights.system()));
                    draft.removeClient(client.client().id());
                    return apply(state, draft, false).map(_ -> client.client());
                });
    }

    /// By the short id of each client, its grants that nothing has made use of since they are in
    /// force in this process; clients without any are left out. Empty where there is no such app.
    public Optional<Map<String, List<String>>> unusedGrants(String appId) {
        return state(appId).map(AppState::unusedGrants);
    }

    /// The principal id of a client, by its short or composite id.
    public Optional<String> principalOf(String appId, String id) {
        return state(appId).flatMap(state -> state.principalOf(id));
    }

    public Optional<AppModule> module(String appId, String moduleId) {
        return state(appId).map(state -> state.module(moduleId));
    }

    /// Creates or replaces.
    ///
    /// @param by as in [#changeApp]
    /// @return the module, with its secret where it is new
    public Outcome<AppModule> saveModule(String appId, AppModule module, AccessRights by) {
        return within(
                appId,
                state -> {
                    AppDraft draft = new AppDraft(state, terms(by));
                    draft.putModule(module, false);
                    return apply(state, draft, false)
                            .map(
                                    _ ->
                                            module.withAppId(appId)
                                                    .withSecret(
                                                            draft.newSecret(module.moduleId())));
                });
    }

    public Outcome<AppModule> removeModule(String appId, String moduleId) {
        return within(
                appId,
                state -> {
                    AppModule module = state.module(moduleId);
                    if (module == null) {
                        return Outcome.refused(Refusal.MODULE_NOT_FOUND);
                    }
                    AppDraft draft = new AppDraft(state, terms(AccessRights.system()));
                    draft.removeModule(moduleId);
                    return apply(state, draft, false).map(_ -> module);
                });
    }

    public Optional<PlatformModule> platformModule(String moduleId) {
        return Optional.ofNullable(modules.find(moduleId));
    }

    public List<PlatformModule> platformModules() {
        return modules.all();
    }

    /// Creates or replaces.
    public Outcome<PlatformModule> savePlatformModule(PlatformModule module) {
        return modules.save(module).map(event -> told(event).module());
    }

    public Outcome<PlatformModule> removePlatformModule(String moduleId) {
        return modules.remove(moduleId).map(event -> told(event).module());
    }

    void tell(IdentityEvent event) {
        listener.accept(event);
    }

    InstantSource clock() {
        return clock;
    }

    private IdentityEvent.PlatformModuleChanged told(IdentityEvent.PlatformModuleChanged event) {
        listener.accept(event);
        return event;
    }

    /// Brings the registry in step with the apps of the configuration: creates, updates, and
    /// removes what was declared before and is no more. What was made otherwise stays. The secrets
    /// that are declared are never stored.
    ///
    /// @return the clients whose secret had to be made up just now, with it
    /// @throws IllegalArgumentException with the reason, where an app cannot be as declared
    public List<AppClient> declare(List<App> declared) {
        return new Declaration(this).of(declared);
    }

    Set<String> appIds() {
        return Set.copyOf(apps.keySet());
    }

    /// Puts a state in force of which nothing differs but what is not stored.
    void refresh(AppState after) {
        apps.put(after.appId(), after);
    }

    AppDraft.Terms terms(AccessRights by) {
        return new AppDraft.Terms(secrets, by, rules);
    }

    private Outcome<App> change(
            String appId, AccessRights by, boolean byPlatform, Consumer<AppDraft> change) {
        return within(
                appId,
                state -> {
                    AppDraft draft = new AppDraft(state, terms(by));
                    change.accept(draft);
                    return apply(state, draft, true, byPlatform)
                            .map(next -> draft.withNewSecretsIn(next.app()));
                });
    }

    Outcome<AppState> apply(@Nullable AppState before, AppDraft draft, boolean reportApp) {
        return apply(before, draft, reportApp, false);
    }

    /// @param byPlatform whether the platform answers for what the app holds, not its owner
    @SuppressWarnings("ReferenceEquality") // each state is an object of its own
    Outcome<AppState> apply(
            @Nullable AppState before, AppDraft draft, boolean reportApp, boolean byPlatform) {
        Refusal problem = draft.problem();
        if (problem != null) {
            return Outcome.refused(problem);
        }
        String now = now();
        String created = before == null ? now : before.app().createdAt();
        AppState after = draft.finish(created, now);
        Refusal refusal = composites.refusal(after);
        if (refusal == null) {
            refusal = topics.refusal(before, after);
        }
        if (refusal == null) {
            refusal = budget.change(after, byPlatform);
        }
        if (refusal != null) {
            return Outcome.refused(refusal);
        }
        try {
            commit(before, after, reportApp);
            return Outcome.done(after);
        } finally {
            if (apps.get(after.appId()) != after) { // it has not come to that
                budget.restore(after.appId(), before);
            }
        }
    }

    /// The one place where a state is replaced.
    void commit(@Nullable AppState before, @Nullable AppState after, boolean reportApp) {
        store.write(before, after);
        composites.replace(before, after);
        if (after != null) {
            apps.put(after.appId(), after);
            topics.saved(after);
        } else if (before != null) {
            leaving.add(before.appId());
            apps.remove(before.appId());
            topics.removed(before);
            budget.remove(before.appId());
        }
        edition.next();
        AppChanges.between(before, after, reportApp).forEach(listener);
    }

    private <T> Outcome<T> within(String appId, Function<AppState, Outcome<T>> action) {
        return locked(
                appId,
                () -> {
                    AppState state = apps.get(appId);
                    return state == null
                            ? Outcome.refused(Refusal.APP_NOT_FOUND)
                            : action.apply(state);
                });
    }

    private String now() {
        return clock.instant().toString();
    }

    <T> T locked(String appId, Supplier<T> action) {
        ReentrantLock lock = writing[Math.floorMod(appId.hashCode(), LOCKS)];
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }
}
