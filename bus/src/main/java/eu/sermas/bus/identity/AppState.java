package eu.sermas.bus.identity;

import eu.sermas.bus.access.Principal;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// An app that is in force: one immutable snapshot, replaced by each change.
///
/// @param app with its modules and own clients, without secrets
/// @param members ids of the users who are more than visitors
/// @param declared whether it stands in the configuration
/// @param clients every client by its short id: own, of modules, and `application`
record AppState(App app, Set<String> members, boolean declared, Map<String, ClientState> clients) {

    AppState {
        members = Set.copyOf(members);
        clients = Map.copyOf(clients);
    }

    /// As it is kept in the store; clients are kept one by one.
    ///
    /// @param members in their order; null in records of earlier versions
    record Stored(App app, boolean declared, @Nullable List<String> members) {

        AppState restored(Map<String, ClientState> clients) {
            return new AppState(
                    app.withParts(app.modules(), ownAmong(clients.values())),
                    members == null ? Set.of() : Set.copyOf(members),
                    declared,
                    clients);
        }
    }

    /// The clients that are shown with an app: those that were created by themselves.
    static List<AppClient> ownAmong(Collection<ClientState> clients) {
        return clients.stream()
                .filter(state -> state.origin() == ClientState.Origin.OWN)
                .map(ClientState::client)
                .sorted(Comparator.comparing(AppClient::id))
                .toList();
    }

    Stored stored() {
        return new Stored(
                app.withParts(app.modules(), null), declared, members.stream().sorted().toList());
    }

    /// What an account is to this app.
    Relation relationOf(String userId, Openness openness) {
        if (app.ownerId().equals(userId)) {
            return Relation.OWNER;
        }
        if (openness.membership() || members.contains(userId)) {
            return Relation.MEMBER;
        }
        return app.invitesVisitors() ? Relation.VISITOR : Relation.STRANGER;
    }

    /// Whether nothing that is kept in the store differs.
    boolean isStoredAs(AppState other) {
        return stored().equals(other.stored()) && storedClients().equals(other.storedClients());
    }

    private Set<ClientState.Stored> storedClients() {
        return clients.values().stream().map(ClientState::stored).collect(Collectors.toSet());
    }

    String appId() {
        return app.appId();
    }

    /// @param id short or composite
    Optional<ClientState> client(String id) {
        ClientState byShort = clients.get(id);
        return Optional.ofNullable(
                byShort == null ? clients.get(Names.shortId(appId(), id)) : byShort);
    }

    /// The principal id of a client, by its short or composite id.
    Optional<String> principalOf(String id) {
        return client(id)
                .map(
                        state ->
                                new Subject(
                                        Principal.Kind.CLIENT,
                                        new ClientRef(appId(), state.client().id()),
                                        state.sub()))
                .map(Subject::principalId);
    }

    /// Every client, in the order of their ids.
    ///
    /// @param now milliseconds since the epoch
    List<ListedClient> listed(long now) {
        return clients.values().stream()
                .map(client -> ListedClient.of(client, now))
                .sorted(Comparator.comparing(ListedClient::clientId))
                .toList();
    }

    /// See [Registry#unusedGrants].
    Map<String, List<String>> unusedGrants() {
        Map<String, List<String>> unused = new TreeMap<>();
        clients.forEach((id, client) -> unused.put(id, client.grants().unused()));
        unused.values().removeIf(List::isEmpty);
        return unused;
    }

    List<AppModule> modules() {
        List<AppModule> modules = app.modules();
        return modules == null ? List.of() : modules;
    }

    @Nullable AppModule module(String moduleId) {
        for (AppModule module : modules()) {
            if (module.moduleId().equals(moduleId)) {
                return module;
            }
        }
        return null;
    }
}
