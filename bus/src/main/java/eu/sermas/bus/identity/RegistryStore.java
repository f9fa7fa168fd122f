package eu.sermas.bus.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.Store.Family;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How apps and platform modules are kept: one record for an app (`app/{appId}`), one for each of
/// its clients (`client/{appId}/{clientId}`), so that a change of one client writes one record, and
/// one for each platform module (`module/{moduleId}`). A deleted app leaves one (`leaving/{appId}`)
/// until everything else that is kept of it is gone.
final class RegistryStore {

    private static final String APP = "app/";
    private static final String CLIENT = "client/";
    private static final String MODULE = "module/";
    private static final String LEAVING = "leaving/";

    private final Store store;

    RegistryStore(Store store) {
        this.store = store;
    }

    Map<String, AppState> readApps() {
        Map<String, Map<String, ClientState>> clients = new HashMap<>();
        store.scan(
                Family.APP,
                utf8(CLIENT),
                (_, value) -> {
                    ClientState state = Json.read(value, ClientState.Stored.class).restored();
                    clients.computeIfAbsent(state.client().appIdOrEmpty(), _ -> new HashMap<>())
                            .put(state.client().id(), state);
                    return true;
                });
        Map<String, AppState> apps = new HashMap<>();
        store.scan(
                Family.APP,
                utf8(APP),
                (_, value) -> {
                    AppState.Stored stored = Json.read(value, AppState.Stored.class);
                    String appId = stored.app().appId();
                    apps.put(appId, stored.restored(clients.getOrDefault(appId, Map.of())));
                    return true;
                });
        return apps;
    }

    Map<String, PlatformModule> readModules() {
        Map<String, PlatformModule> modules = new HashMap<>();
        store.scan(
                Family.APP,
                utf8(MODULE),
                (_, value) -> {
                    PlatformModule module = Json.read(value, PlatformModule.class);
                    modules.put(module.moduleId(), module);
                    return true;
                });
        return modules;
    }

    /// Writes what differs and waits until it is durable.
    void write(@Nullable AppState before, @Nullable AppState after) {
        Batch batch = new Batch();
        String appId = Objects.requireNonNull(after == null ? before : after).appId();
        Map<String, ClientState> old = before == null ? Map.of() : before.clients();
        Map<String, ClientState> current = after == null ? Map.of() : after.clients();
        old.forEach(
                (id, _) -> {
                    if (!current.containsKey(id)) {
                        batch.delete(Family.APP, utf8(CLIENT + appId + "/" + id));
                    }
                });
        current.forEach(
                (id, state) -> {
                    ClientState present = old.get(id);
                    if (present == null || !present.stored().equals(state.stored())) {
                        batch.put(
                                Family.APP,
                                utf8(CLIENT + appId + "/" + id),
                                Json.write(state.stored()));
                    }
                });
        if (after == null) {
            batch.delete(Family.APP, utf8(APP + appId));
            batch.put(Family.APP, utf8(LEAVING + appId), new byte[0]);
        } else if (before == null || !before.stored().equals(after.stored())) {
            batch.put(Family.APP, utf8(APP + appId), Json.write(after.stored()));
        }
        commit(batch);
    }

    /// The apps of which something else may still be kept.
    Set<String> readLeaving() {
        Set<String> leaving = new HashSet<>();
        store.scan(
                Family.APP,
                utf8(LEAVING),
                (key, _) -> leaving.add(new String(key, UTF_8).substring(LEAVING.length())));
        return leaving;
    }

    /// Nothing is kept of an app any more.
    void gone(String appId) {
        commit(new Batch().delete(Family.APP, utf8(LEAVING + appId)));
    }

    void write(PlatformModule module) {
        commit(new Batch().put(Family.APP, utf8(MODULE + module.moduleId()), Json.write(module)));
    }

    void deleteModule(String moduleId) {
        commit(new Batch().delete(Family.APP, utf8(MODULE + moduleId)));
    }

    private void commit(Batch batch) {
        if (!batch.isEmpty()) {
            store.commit(batch).toCompletableFuture().join();
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
