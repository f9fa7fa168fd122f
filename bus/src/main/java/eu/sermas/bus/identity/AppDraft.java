package eu.sermas.bus.identity;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Grants;
import eu.sermas.bus.identity.secret.Secret;
import eu.sermas.bus.identity.secret.Secrets;
import eu.sermas.bus.packet.Printable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A change of one app under way: starts from the present state, is told what shall be, and gives
/// the next state. Belongs to one thread.
///
/// What cannot be is remembered as the first [#problem], and nothing of the draft is used then.
final class AppDraft {

    /// Of one client.
    static final int MAX_PERMISSIONS = 1_000;

    /// On what terms an app is changed.
    ///
    /// @param by the rights of whoever does it: nothing is handed out that they do not hold
    record Terms(Secrets secrets, AccessRights by, Rules rules) {}

    /// What the installation allows.
    ///
    /// @param openness what clients without permissions get
    /// @param lifetimes those that tokens may have
    record Rules(Openness openness, Lifetimes lifetimes) {

        static Rules of(IdentitySettings settings) {
            return new Rules(settings.openness(), settings.lifetimes());
        }
    }

    private static final Refusal NOT_AN_APP_ID =
            Refusal.badRequest("appId: expected " + Names.CLIENT_ID_FORM);

    private final Secrets secrets;
    private final Terms terms;
    private final Map<String, AppModule> modules = new LinkedHashMap<>();
    private final Map<String, ClientState> clients = new LinkedHashMap<>();
    private final List<AppClient> madeUp = new ArrayList<>();
    private App app;
    private boolean declared;
    private Set<String> members = Set.of();
    private @Nullable Refusal problem;

    /// A new app.
    AppDraft(App app, Terms terms) {
        this.secrets = terms.secrets();
        this.terms = terms;
        this.app = lasting(app);
        AppClient application =
                new AppClient(
                        app.appId(), Names.APPLICATION, Names.APPLICATION, null, List.of("*"));
        clients.put(
                Names.APPLICATION,
                ClientState.of(
                        application,
                        UUID.randomUUID().toString(),
                        ClientState.Origin.APPLICATION,
                        false,
                        Secret.NONE,
                        null));
    }

    AppDraft(AppState state, Terms terms) {
        this.secrets = terms.secrets();
        this.terms = terms;
        this.app = state.app();
        this.declared = state.declared();
        this.members = state.members();
        state.modules().forEach(module -> modules.put(module.moduleId(), module));
        clients.putAll(state.clients());
    }

    /// Why there can be no app of this id and owner, or null.
    static @Nullable Refusal refusalOf(String appId, String ownerId) {
        if (ownerId.isEmpty()) {
            return Refusal.badRequest("ownerId missing");
        }
        if (Names.isReservedAppId(appId)) {
            return Refusal.badRequest("appId: '" + appId + "' is reserved");
        }
        return Names.isAppId(appId) ? null : NOT_AN_APP_ID;
    }

    @Nullable Refusal problem() {
        return problem;
    }

    /// The clients whose secret is new, with it.
    List<AppClient> withNewSecrets() {
        return madeUp;
    }

    /// The new secret of this client, or null where it has none.
    @Nullable String newSecret(String clientId) {
        for (AppClient client : madeUp) {
            if (client.id().equals(clientId)) {
                return client.secret();
            }
        }
        return null;
    }

    /// An app with the secrets that are new in it.
    App withNewSecretsIn(App other) {
        List<AppModule> ofModules = other.modules();
        List<AppClient> ofClients = other.clients();
        return other.withParts(
                ofModules == null
                        ? null
                        : ofModules.stream()
                                .map(module -> module.withSecret(newSecret(module.moduleId())))
                                .toList(),
                ofClients == null
                        ? null
                        : ofClients.stream()
                                .map(client -> client.withSecret(newSecret(client.id())))
                                .toList());
    }

    /// Makes of the app what the configuration says.
    void declare(App wanted) {
        app = lasting(wanted.ownerId().isEmpty() ? keepOwner(wanted) : wanted);
        declared = true;
        List<AppModule> wantedModules = wanted.modules() == null ? List.of() : wanted.modules();
        List<AppClient> wantedClients = wanted.clients() == null ? List.of() : wanted.clients();
        Set<String> names = new HashSet<>();
        wantedModules.forEach(module -> names.add(module.moduleId()));
        wantedClients.forEach(client -> names.add(String.valueOf(client.clientId())));
        keepDeclared(names);
        wantedModules.forEach(module -> putModule(module, true));
        wantedClients.forEach(client -> putClient(client, true));
    }

    /// To invite visitors hands out what they may do.
    void replaceApp(App other) {
        if (other.invitesVisitors() && !app.invitesVisitors()) {
            String reason =
                    terms.by().mayHandOut(app.appId(), Relation.VISITOR.permissions()).reason();
            refuse(reason == null ? null : Refusal.forbidden(reason));
        }
        app = lasting(other);
    }

    /// The same app with what is meant by its lifetime of tokens.
    private App lasting(App other) {
        Long seconds = other.tokenLifetime();
        refuse(terms.rules().lifetimes().problemOf("app " + other.appId(), seconds));
        return seconds != null && seconds == 0 ? other.withTokenLifetime(null) : other;
    }

    private void refuse(@Nullable Refusal refusal) {
        problem = problem == null ? refusal : problem;
    }

    Set<String> members() {
        return members;
    }

    void replaceMembers(Set<String> others) {
        members = Set.copyOf(others);
    }

    App app() {
        return app;
    }

    /// The other app with the present owner.
    App keepOwner(App other) {
        return other.withOwner(app.ownerId());
    }

    /// Makes the modules and own clients those of the other app, where it names any.
    void replaceParts(App other) {
        List<AppModule> otherModules = other.modules();
        List<AppClient> otherClients = other.clients();
        if (otherModules != null) {
            replaceModules(otherModules);
        }
        if (otherClients != null) {
            replaceClients(otherClients);
        }
    }

    /// Makes or changes those that the other app names; the rest stays.
    void changeParts(AppChange change) {
        if (change.modules() != null) {
            change.modules().forEach(this::changeModule);
        }
        if (change.clients() != null) {
            for (AppClient client : change.clients()) {
                String id = client.clientId();
                if (id == null || id.isEmpty()) {
                    refuse(Refusal.badRequest("clients: clientId missing"));
                } else {
                    putClient(client, false);
                }
            }
        }
    }

    private void changeModule(AppModule wanted) {
        AppModule present = modules.get(wanted.moduleId());
        putModule(present == null ? wanted : present.changedBy(wanted), false);
    }

    void setDeclared(boolean value) {
        declared = value;
    }

    private void replaceModules(List<AppModule> others) {
        Set<String> keep = new HashSet<>();
        others.forEach(module -> keep.add(module.moduleId()));
        List.copyOf(modules.keySet()).stream()
                .filter(id -> !keep.contains(id))
                .forEach(this::removeModule);
        others.forEach(module -> putModule(module, false));
    }

    private void replaceClients(List<AppClient> others) {
        Set<String> keep = new HashSet<>();
        others.forEach(client -> keep.add(String.valueOf(client.clientId())));
        clients.values()
                .removeIf(
                        state ->
                                state.origin() == ClientState.Origin.OWN
                                        && !keep.contains(state.client().id()));
        others.forEach(client -> putClient(client, false));
    }

    void putModule(AppModule module, boolean isDeclared) {
        String id = module.moduleId();
        List<String> permissions = module.supports().stream().map(AppDraft::permissionOf).toList();
        AppClient client =
                new AppClient(app.appId(), module.name(), id, module.secret(), permissions);
        put(client, ClientState.Origin.MODULE, isDeclared);
        modules.put(id, module.withAppId(app.appId()).withSecret(null));
    }

    /// `dialogue` means every scope of it, and of a longer entry only two parts count.
    private static String permissionOf(String supported) {
        if (supported.indexOf(':') >= 0 || supported.indexOf('/') >= 0) {
            return supported;
        }
        String[] parts = supported.split("\\.", 3);
        return parts[0] + "." + (parts.length == 1 ? "*" : parts[1]);
    }

    void putClient(AppClient client, boolean isDeclared) {
        String id = client.clientId();
        List<String> permissions = client.permissions();
        ClientState present = id == null ? null : clients.get(id);
        String name =
                client.name() == null && present != null && !isDeclared
                        ? present.client().name()
                        : client.name();
        put(
                new AppClient(
                        app.appId(),
                        name,
                        id == null || id.isEmpty() ? UUID.randomUUID().toString() : id,
                        client.secret(),
                        permissions == null ? permissionsOf(id) : permissions,
                        client.tokenLifetime()),
                ClientState.Origin.OWN,
                isDeclared);
    }

    /// Changes what the other record names, of any client of the app but its secret.
    void changeClient(ClientState present, AppClient wanted) {
        AppClient client = present.client();
        List<String> permissions = wanted.permissions();
        boolean comesWith = present.origin() != ClientState.Origin.OWN;
        if (comesWith && (permissions != null || wanted.name() != null)) {
            refuse(
                    Refusal.badRequest(
                            present.origin() == ClientState.Origin.MODULE
                                    ? "client %s: has the name and the grants of its module"
                                            .formatted(client.id())
                                    : "client application: part of every app"));
            return;
        }
        AppClient changed =
                new AppClient(
                        app.appId(),
                        wanted.name() == null ? client.name() : wanted.name(),
                        client.id(),
                        null,
                        permissions == null ? client.permissions() : permissions,
                        lifetimeOf(wanted, present));
        String wrong = problemOf(changed, present.origin(), present);
        refuse(wrong == null ? null : Refusal.badRequest(wrong));
        refuse(permissions == null || wrong != null ? null : tooMuch(changed, present));
        if (problem == null) {
            clients.put(client.id(), present.with(changed));
        }
    }

    /// Gives a client another secret.
    ///
    /// @param given null to make one up
    /// @param formerUntil when the present one ends, or null for now
    void rotateSecret(ClientState present, @Nullable String given, @Nullable Instant formerUntil) {
        AppClient client = present.client();
        String chosen = given == null || given.isEmpty() ? null : given;
        String wrong = chosen == null ? null : problemOf(chosen);
        refuse(wrong == null ? null : Refusal.badRequest(wrong));
        switch (present.secret()) {
            case Secret.None _ ->
                    refuse(Refusal.badRequest("client " + client.id() + ": has no secret"));
            case Secret.Configured _ ->
                    refuse(
                            Refusal.conflict(
                                    "client %s: its secret stands in the configuration"
                                            .formatted(client.id())));
            case Secret.Hashed(String hash) -> {
                String reason = terms.by().mayHandOut(app.appId(), present.permissions()).reason();
                refuse(reason == null ? null : Refusal.forbidden(reason));
                if (chosen != null && secrets.matches(chosen, present.secret())) {
                    refuse(Refusal.badRequest("secret: expected another one"));
                }
                if (problem == null) {
                    ClientState.Former former =
                            formerUntil == null
                                    ? null
                                    : new ClientState.Former(hash, formerUntil.toEpochMilli());
                    Secret next = announced(client, chosen == null ? secrets.newSecret() : chosen);
                    clients.put(client.id(), present.withSecrets(next, former));
                }
            }
        }
    }

    void endFormerSecret(ClientState present) {
        clients.put(present.client().id(), present.withSecrets(present.secret(), null));
    }

    /// What a client has of which nothing is said: what it had, and at first nothing.
    private List<String> permissionsOf(@Nullable String id) {
        ClientState present = id == null ? null : clients.get(id);
        if (present != null) {
            return present.permissions();
        }
        return terms.rules().openness().permissions() ? List.of("*") : List.of();
    }

    void removeModule(String moduleId) {
        if (modules.remove(moduleId) != null) {
            clients.remove(moduleId);
        }
    }

    void removeClient(String clientId) {
        clients.remove(clientId);
        modules.remove(clientId);
    }

    /// Removes what was declared and is not among these.
    void keepDeclared(Set<String> ids) {
        clients.values().stream()
                .filter(state -> state.declared() && !ids.contains(state.client().id()))
                .map(state -> state.client().id())
                .toList()
                .forEach(this::removeClient);
    }

    /// Whether nothing is left that somebody made.
    boolean isBare() {
        return clients.size() == 1;
    }

    private void put(AppClient client, ClientState.Origin origin, boolean isDeclared) {
        String id = client.id();
        ClientState present = clients.get(id);
        String wrong = problemOf(client, origin, present);
        Refusal refusal = wrong == null ? tooMuch(client, present) : Refusal.badRequest(wrong);
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        String sub = present == null ? UUID.randomUUID().toString() : present.sub();
        boolean stays = isDeclared || (present != null && present.declared());
        Secret secret = secretOf(client, present, isDeclared);
        ClientState.Former former =
                present != null && present.secret().equals(secret) ? present.former() : null;
        AppClient record =
                new AppClient(
                        client.appId(),
                        client.name(),
                        id,
                        null,
                        client.permissions(),
                        lifetimeOf(client, isDeclared ? null : present));
        clients.put(id, ClientState.of(record, sub, origin, stays, secret, former));
    }

    /// What is meant by the lifetime of the tokens of a client, null where it has none of its own.
    private static @Nullable Long lifetimeOf(AppClient wanted, @Nullable ClientState present) {
        Long seconds = wanted.tokenLifetime();
        if (seconds == null) {
            return present == null ? null : present.client().tokenLifetime();
        }
        return seconds == 0 ? null : seconds;
    }

    private @Nullable String problemOf(
            AppClient client, ClientState.Origin origin, @Nullable ClientState present) {
        String id = client.id();
        if (!Names.isClientId(id)) {
            return "clientId: '" + Printable.of(id) + "' (expected: " + Names.CLIENT_ID_FORM + ")";
        }
        if (present != null && present.origin() != origin) {
            return "Client " + id + " already exists";
        }
        String secret = client.secret();
        String wrong = secret == null ? null : problemOf(secret);
        if (wrong != null) {
            return wrong;
        }
        Refusal refusal =
                terms.rules().lifetimes().problemOf("client " + id, client.tokenLifetime());
        if (refusal != null) {
            return refusal.message();
        }
        List<String> permissions = client.permissions();
        if (permissions != null && permissions.size() > MAX_PERMISSIONS) {
            return "permissions of client %s: %d (expected: at most %d)"
                    .formatted(id, permissions.size(), MAX_PERMISSIONS);
        }
        return Grants.problemOf(permissions == null ? List.of() : permissions);
    }

    private static @Nullable String problemOf(String secret) {
        return secret.length() <= Secrets.MAX_LENGTH
                ? null
                : "secret: %d characters (expected: at most %d)"
                        .formatted(secret.length(), Secrets.MAX_LENGTH);
    }

    /// Whether a client would be given what whoever does this does not hold, or null. What it has
    /// already it may keep, as long as nobody learns or sets its secret.
    private @Nullable Refusal tooMuch(AppClient client, @Nullable ClientState present) {
        List<String> permissions = client.permissions() == null ? List.of() : client.permissions();
        if (terms.by().mayHandOut(app.appId(), permissions).isAllowed()) {
            return null;
        }
        Grants kept =
                present == null || learnsSecret(client, present) ? Grants.NONE : present.grants();
        List<String> handedOut =
                permissions.stream().filter(grant -> !kept.include(grant)).toList();
        String reason = terms.by().mayHandOut(app.appId(), handedOut).reason();
        return reason == null ? null : Refusal.forbidden(reason);
    }

    private boolean learnsSecret(AppClient client, ClientState present) {
        String given = client.secret();
        if (given == null || given.isEmpty()) {
            return present.secret() instanceof Secret.None;
        }
        return !secrets.matches(given, present.secret());
    }

    /// A secret that is given holds from now on; without one the present one goes on, and where
    /// there is none, one is made up.
    private Secret secretOf(AppClient client, @Nullable ClientState present, boolean isDeclared) {
        String given = client.secret();
        if (given != null && !given.isEmpty()) {
            if (isDeclared) {
                return secrets.configured(given);
            }
            Secret known = present == null ? Secret.NONE : present.secret();
            return secrets.matches(given, known) ? known : announced(client, given);
        }
        return present == null || present.secret() instanceof Secret.None
                ? announced(client, secrets.newSecret())
                : present.secret();
    }

    private Secret announced(AppClient client, String secret) {
        madeUp.add(client.withSecret(secret));
        return secrets.hash(secret);
    }

    /// With the times of another.
    AppState finish(App times) {
        return finish(times.createdAt(), times.updatedAt());
    }

    AppState finish(@Nullable String created, @Nullable String updated) {
        return new AppState(
                app.withIdentity(app.appId(), created, updated)
                        .withParts(
                                List.copyOf(modules.values()), AppState.ownAmong(clients.values())),
                members,
                declared,
                clients);
    }
}
