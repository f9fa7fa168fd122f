package eu.sermas.bus.identity;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Grants;
import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.identity.IdentityEvent.Operation;
import eu.sermas.bus.packet.Printable;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The apps with their clients and modules, and the modules of the platform. Reads are look-ups in
/// memory, from any thread; a change returns once it is durable and in force. Nothing that it hands
/// out holds a secret, except the answer to a creation.
///
/// Each app is one immutable [AppState]. A change takes the write lock, drafts the next state,
/// writes the difference, puts the new state in force, and reports the difference as events.
public final class Registry {

    /// What a user gets who is made a member.
    public static final List<String> MEMBER_PERMISSIONS = Relation.MEMBER.permissions();

    private final RegistryStore store;
    private final Secrets secrets;
    private final Set<String> systemClients;
    private final InstantSource clock;
    private final ModuleTopics topics;
    private final Edition edition;
    private final Openness openness;

    private volatile Consumer<IdentityEvent> listener = _ -> {};
    private final ReentrantLock writing = new ReentrantLock();
    private final Map<String, AppState> apps;

    /// What tokens call clients; those of the older app first, where several are called the same.
    private final Map<String, List<ClientRef>> composites = new ConcurrentHashMap<>();

    private final Map<String, PlatformModule> modules;

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
            Edition edition,
            Openness openness) {
        this.store = store;
        this.secrets = secrets;
        this.systemClients = systemClients;
        this.clock = clock;
        this.edition = edition;
        this.openness = openness;
        this.apps = new ConcurrentHashMap<>(store.readApps());
        this.modules = new ConcurrentHashMap<>(store.readModules());
        this.leaving = ConcurrentHashMap.newKeySet();
        leaving.addAll(store.readLeaving());
        this.topics = new ModuleTopics(catalogue);
        apps.values().forEach(state -> index(null, state));
        topics.begin(modules.values(), apps.values());
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
                draft -> draft.replaceMembers(change.apply(draft.members())));
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
        return composites.getOrDefault(composite, List.of());
    }

    /// @param app with or without an id; modules and clients with or without secrets
    /// @return the app with the secrets that were made up for it
    public Outcome<App> createApp(App app) {
        String appId = app.appId().isEmpty() ? UUID.randomUUID().toString() : app.appId();
        Refusal refusal = AppDraft.refusalOf(appId, app.ownerId());
        return refusal != null ? Outcome.refused(refusal) : locked(() -> create(appId, app));
    }

    private @Nullable Refusal taken(String appId) {
        if (apps.containsKey(appId)) {
            return Refusal.conflict("App " + appId + " already exists");
        }
        return leaving.contains(appId)
                ? Refusal.conflict("App " + appId + " is just being deleted")
                : null;
    }

    private Outcome<App> create(String appId, App app) {
        Refusal taken = taken(appId);
        if (taken != null) {
            return Outcome.refused(taken);
        }
        String now = now();
        AppDraft draft =
                new AppDraft(app.withIdentity(appId, now, now), terms(AccessRights.system()));
        draft.replaceParts(app);
        return apply(null, draft, true).map(state -> draft.withNewSecretsIn(state.app()));
    }

    /// Replaces an app; absent modules or clients stay as they are.
    ///
    /// @param by whose rights limit what is handed out
    /// @return the app with the secrets of the modules and clients that are new
    public Outcome<App> updateApp(App app, AccessRights by) {
        return change(
                app.appId(),
                by,
                draft -> {
                    draft.replaceApp(app.ownerId().isEmpty() ? draft.keepOwner(app) : app);
                    draft.replaceParts(app);
                });
    }

    /// Creates or replaces.
    ///
    /// @param skipClients leaves clients out
    public Outcome<App> importApp(App app, boolean skipClients) {
        App wanted = skipClients ? app.withParts(app.modules(), null) : app;
        return apps.containsKey(app.appId())
                ? updateApp(wanted, AccessRights.system())
                : createApp(wanted);
    }

    /// @param by as in [#updateApp]
    public Outcome<App> changeSettings(String appId, JsonNode settings, AccessRights by) {
        return change(appId, by, draft -> draft.replaceApp(draft.app().withSettings(settings)));
    }

    public Outcome<App> changeTools(String appId, JsonNode tools) {
        return change(
                appId,
                AccessRights.system(),
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
        return state(appId).map(AppState::listed);
    }

    /// @param id short or composite
    public Optional<Grants> grants(String appId, String id) {
        return state(appId).flatMap(state -> state.client(id)).map(ClientState::grants);
    }

    /// @param by as in [#updateApp]
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

    /// @param id short or composite
    public Outcome<AppClient> removeClient(String appId, String id) {
        return within(
                appId,
                state -> {
                    ClientState client = state.client(id).orElse(null);
                    if (client == null) {
                        return Outcome.refused(Refusal.CLIENT_NOT_FOUND);
                    }
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
    /// @param by as in [#updateApp]
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
        return Optional.ofNullable(modules.get(moduleId));
    }

    public List<PlatformModule> platformModules() {
        return modules.values().stream()
                .sorted(Comparator.comparing(PlatformModule::moduleId))
                .toList();
    }

    /// Creates or replaces.
    public Outcome<PlatformModule> savePlatformModule(PlatformModule module) {
        if (!Names.isClientId(module.moduleId())) {
            return Outcome.refused(
                    Refusal.badRequest(
                            "moduleId: '"
                                    + Printable.of(module.moduleId())
                                    + "' (expected: "
                                    + Names.CLIENT_ID_FORM
                                    + ")"));
        }
        return locked(
                () -> {
                    Refusal refusal = topics.refusal(module);
                    if (refusal != null) {
                        return Outcome.refused(refusal);
                    }
                    store.write(module);
                    boolean isNew = modules.put(module.moduleId(), module) == null;
                    topics.saved(module);
                    listener.accept(
                            new IdentityEvent.PlatformModuleChanged(
                                    isNew ? Operation.CREATED : Operation.UPDATED, module));
                    return Outcome.done(module);
                });
    }

    public Outcome<PlatformModule> removePlatformModule(String moduleId) {
        return locked(
                () -> {
                    PlatformModule module = modules.get(moduleId);
                    if (module == null) {
                        return Outcome.refused(Refusal.MODULE_NOT_FOUND);
                    }
                    store.deleteModule(moduleId);
                    modules.remove(moduleId);
                    topics.removed(module);
                    listener.accept(
                            new IdentityEvent.PlatformModuleChanged(Operation.DELETED, module));
                    return Outcome.done(module);
                });
    }

    /// Brings the registry in step with the apps of the configuration: creates, updates, and
    /// removes what was declared before and is no more. What was made otherwise stays. The secrets
    /// that are declared are never stored.
    ///
    /// @return the clients whose secret had to be made up just now, with it
    /// @throws IllegalArgumentException with the reason, where an app cannot be as declared
    public List<AppClient> declare(List<App> declared) {
        return locked(
                () -> {
                    List<AppClient> madeUp = new ArrayList<>();
                    Set<String> names = new HashSet<>();
                    for (App app : declared) {
                        names.add(app.appId());
                        madeUp.addAll(declare(app));
                    }
                    List.copyOf(apps.values()).stream()
                            .filter(state -> state.declared() && !names.contains(state.appId()))
                            .forEach(this::withdraw);
                    return madeUp;
                });
    }

    private List<AppClient> declare(App app) {
        String appId = app.appId();
        if (!Names.isAppId(appId) || Names.isReservedAppId(appId)) {
            throw new IllegalArgumentException(
                    "appId: '" + Printable.of(appId) + "' (expected: " + Names.APP_ID_FORM + ")");
        }
        AppState before = apps.get(appId);
        AppDraft.Terms terms = terms(AccessRights.system());
        AppDraft draft = before == null ? new AppDraft(app, terms) : new AppDraft(before, terms);
        draft.declare(app);
        Outcome<AppState> outcome =
                before != null && isUnchanged(before, draft)
                        ? refresh(before, draft)
                        : apply(before, draft, true);
        if (outcome instanceof Outcome.Refused<AppState>(Refusal refusal)) {
            throw new IllegalArgumentException("app " + appId + ": " + refusal.message());
        }
        return draft.withNewSecrets();
    }

    private static boolean isUnchanged(AppState before, AppDraft draft) {
        return draft.problem() == null && draft.finish(before.app()).isStoredAs(before);
    }

    /// Takes over what is not stored: the secrets of the configuration.
    private Outcome<AppState> refresh(AppState before, AppDraft draft) {
        AppState after = draft.finish(before.app());
        apps.put(after.appId(), after);
        return Outcome.done(after);
    }

    private void withdraw(AppState state) {
        AppDraft draft = new AppDraft(state, terms(AccessRights.system()));
        draft.setDeclared(false);
        draft.keepDeclared(Set.of());
        if (draft.isBare()) {
            commit(state, null, true);
        } else {
            var _ = apply(state, draft, true);
        }
    }

    private AppDraft.Terms terms(AccessRights by) {
        return new AppDraft.Terms(secrets, by, openness);
    }

    private Outcome<App> change(String appId, AccessRights by, Consumer<AppDraft> change) {
        return within(
                appId,
                state -> {
                    AppDraft draft = new AppDraft(state, terms(by));
                    change.accept(draft);
                    return apply(state, draft, true)
                            .map(next -> draft.withNewSecretsIn(next.app()));
                });
    }

    private Outcome<AppState> apply(@Nullable AppState before, AppDraft draft, boolean reportApp) {
        Refusal problem = draft.problem();
        if (problem != null) {
            return Outcome.refused(problem);
        }
        String now = now();
        String created = before == null ? now : before.app().createdAt();
        AppState after = draft.finish(created, now);
        Refusal collision = collisionOf(after);
        if (collision == null) {
            collision = topics.refusal(before, after);
        }
        if (collision != null) {
            return Outcome.refused(collision);
        }
        commit(before, after, reportApp);
        return Outcome.done(after);
    }

    /// The one place where a state is replaced.
    private void commit(@Nullable AppState before, @Nullable AppState after, boolean reportApp) {
        store.write(before, after);
        index(before, after);
        if (after != null) {
            apps.put(after.appId(), after);
            topics.saved(after);
        } else if (before != null) {
            leaving.add(before.appId());
            apps.remove(before.appId());
            topics.removed(before);
        }
        edition.next();
        AppChanges.between(before, after, reportApp).forEach(listener);
    }

    private @Nullable Refusal collisionOf(AppState state) {
        for (String clientId : state.clients().keySet()) {
            String composite = Names.composite(state.appId(), clientId);
            if (systemClients.contains(composite)) {
                return Refusal.conflict(
                        "clientId: '"
                                + clientId
                                + "' (expected: one whose composite id is free, '"
                                + composite
                                + "' is that of a system client)");
            }
        }
        return null;
    }

    private void index(@Nullable AppState before, @Nullable AppState after) {
        if (before != null) {
            clientsOf(before).forEach(this::uncall);
        }
        if (after != null) {
            Map<String, AppState> all = new HashMap<>(apps);
            all.put(after.appId(), after);
            clientsOf(after).forEach(client -> call(client, all));
        }
    }

    private void call(ClientRef client, Map<String, AppState> all) {
        composites.merge(
                client.composite(),
                List.of(client),
                (some, more) ->
                        Stream.concat(some.stream(), more.stream())
                                .sorted(Comparator.comparing(one -> madeAt(one, all)))
                                .toList());
    }

    /// ISO 8601, so that texts are in the order of their times; that of an app which does not say
    /// comes first.
    private static String madeAt(ClientRef client, Map<String, AppState> all) {
        AppState app = all.get(String.valueOf(client.appId()));
        String created = app == null ? null : app.app().createdAt();
        return (created == null ? "" : created) + " " + client.appId();
    }

    private void uncall(ClientRef client) {
        composites.computeIfPresent(
                client.composite(),
                (_, called) -> {
                    List<ClientRef> others =
                            called.stream().filter(one -> !one.equals(client)).toList();
                    return others.isEmpty() ? null : others;
                });
    }

    private static Collection<ClientRef> clientsOf(AppState state) {
        return state.clients().keySet().stream()
                .map(clientId -> new ClientRef(state.appId(), clientId))
                .toList();
    }

    private <T> Outcome<T> within(String appId, Function<AppState, Outcome<T>> action) {
        return locked(
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

    private <T> T locked(Supplier<T> action) {
        writing.lock();
        try {
            return action.get();
        } finally {
            writing.unlock();
        }
    }
}
