package eu.sermas.bus.identity;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What tokens call clients: the id of the app and that of the client, put together. Names can be
/// put together in two ways; those of the older app come first then. Safe for use by many threads;
/// changes of one app come one after the other.
final class CompositeIds {

    private final Set<String> ofSystem;
    private final Function<String, @Nullable AppState> apps;
    private final Map<String, List<ClientRef>> called = new ConcurrentHashMap<>();

    /// @param ofSystem those of system clients, which are never free
    /// @param apps those in force, by id
    CompositeIds(Set<String> ofSystem, Function<String, @Nullable AppState> apps) {
        this.ofSystem = Set.copyOf(ofSystem);
        this.apps = apps;
    }

    List<ClientRef> find(String composite) {
        return called.getOrDefault(composite, List.of());
    }

    /// Why clients cannot be called as they should be, or null.
    @Nullable Refusal refusal(AppState state) {
        for (ClientRef client : clientsOf(state)) {
            String composite = client.composite();
            if (ofSystem.contains(composite)) {
                return Refusal.conflict(
                        "clientId: '"
                                + client.clientId()
                                + "' (expected: one whose composite id is free, '"
                                + composite
                                + "' is that of a system client)");
            }
        }
        return null;
    }

    /// Makes those of an app what they shall be; those that stay are found all the time.
    void replace(@Nullable AppState before, @Nullable AppState after) {
        Set<ClientRef> gone = clientsOf(before);
        Set<ClientRef> stay = clientsOf(after);
        stay.stream().filter(client -> !gone.contains(client)).forEach(one -> call(one, after));
        gone.stream().filter(client -> !stay.contains(client)).forEach(this::uncall);
    }

    private void call(ClientRef client, @Nullable AppState its) {
        called.merge(
                client.composite(),
                List.of(client),
                (some, more) ->
                        Stream.concat(some.stream(), more.stream())
                                .sorted(
                                        Comparator.comparing(
                                                one ->
                                                        one.equals(client)
                                                                ? madeAt(one, its)
                                                                : madeAt(one, appOf(one))))
                                .toList());
    }

    private @Nullable AppState appOf(ClientRef client) {
        return apps.apply(String.valueOf(client.appId()));
    }

    /// ISO 8601, so that texts are in the order of their times; that of an app which does not say
    /// comes first.
    private static String madeAt(ClientRef client, @Nullable AppState app) {
        String created = app == null ? null : app.app().createdAt();
        return (created == null ? "" : created) + " " + client.appId();
    }

    private void uncall(ClientRef client) {
        called.computeIfPresent(
                client.composite(),
                (_, all) -> {
                    List<ClientRef> others =
                            all.stream().filter(one -> !one.equals(client)).toList();
                    return others.isEmpty() ? null : others;
                });
    }

    private static Set<ClientRef> clientsOf(@Nullable AppState state) {
        return state == null
                ? Set.of()
                : state.clients().keySet().stream()
                        .map(clientId -> new ClientRef(state.appId(), clientId))
                        .collect(Collectors.toSet());
    }
}
