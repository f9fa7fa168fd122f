package eu.sermas.bus.identity;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.access.Grants;
import java.util.List;
import java.util.Optional;

/// The apps with their clients and modules, and the modules of the platform. Reads are look-ups in
/// memory; a change returns once it is durable and in force. Nothing that it hands out holds a
/// secret, except the answer to a creation.
@SuppressWarnings("DoNotCallSuggester")
public final class Registry {

    Registry() {}

    public Optional<App> app(String appId) {
        throw new IllegalStateException("to come");
    }

    public List<App> apps() {
        throw new IllegalStateException("to come");
    }

    public List<App> appsOwnedBy(String userId) {
        throw new IllegalStateException("to come");
    }

    /// @param app with or without an id; modules and clients with or without secrets
    /// @return the app with the secrets that were made up for it
    public Outcome<App> createApp(App app) {
        throw new IllegalStateException("to come");
    }

    /// Replaces an app; absent modules or clients stay as they are.
    ///
    /// @return the app with the secrets of the modules and clients that are new
    public Outcome<App> updateApp(App app) {
        throw new IllegalStateException("to come");
    }

    /// Creates or replaces.
    ///
    /// @param skipClients leaves clients out
    public Outcome<App> importApp(App app, boolean skipClients) {
        throw new IllegalStateException("to come");
    }

    public Outcome<App> changeSettings(String appId, JsonNode settings) {
        throw new IllegalStateException("to come");
    }

    public Outcome<App> changeTools(String appId, JsonNode tools) {
        throw new IllegalStateException("to come");
    }

    /// @return whether there was such an app
    public boolean removeApp(String appId) {
        throw new IllegalStateException("to come");
    }

    /// Any client of the app: its own, those of modules, and `application`.
    ///
    /// @param id short or composite
    public Optional<AppClient> client(String appId, String id) {
        throw new IllegalStateException("to come");
    }

    /// @param id short or composite
    public Optional<Grants> grants(String appId, String id) {
        throw new IllegalStateException("to come");
    }

    /// @return the client with its secret
    public Outcome<AppClient> createClient(String appId, AppClient client) {
        throw new IllegalStateException("to come");
    }

    /// @param id short or composite
    public Outcome<AppClient> removeClient(String appId, String id) {
        throw new IllegalStateException("to come");
    }

    public Optional<AppModule> module(String appId, String moduleId) {
        throw new IllegalStateException("to come");
    }

    /// Creates or replaces.
    ///
    /// @return the module, with its secret where it is new
    public Outcome<AppModule> saveModule(String appId, AppModule module) {
        throw new IllegalStateException("to come");
    }

    public Outcome<AppModule> removeModule(String appId, String moduleId) {
        throw new IllegalStateException("to come");
    }

    public Optional<PlatformModule> platformModule(String moduleId) {
        throw new IllegalStateException("to come");
    }

    public List<PlatformModule> platformModules() {
        throw new IllegalStateException("to come");
    }

    /// Creates or replaces.
    public Outcome<PlatformModule> savePlatformModule(PlatformModule module) {
        throw new IllegalStateException("to come");
    }

    public Outcome<PlatformModule> removePlatformModule(String moduleId) {
        throw new IllegalStateException("to come");
    }

    /// Brings the registry in step with the apps of the configuration: creates, updates, and
    /// removes what was declared before and is no more. What was made otherwise stays. The secrets
    /// that are declared are never stored.
    ///
    /// @return the clients whose secret had to be made up just now, with it
    /// @throws IllegalArgumentException with the reason, where an app cannot be as declared
    public List<AppClient> declare(List<App> apps) {
        throw new IllegalStateException("to come");
    }
}
