package eu.sermas.bus.identity;

import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.identity.secret.Secrets;
import eu.sermas.bus.store.memory.MemoryStore;
import java.time.Instant;
import java.util.List;

/// Declares apps to a registry that is empty and forgotten at once: what it refuses, the real one
/// would refuse.
public final class DeclaredApps {

    private DeclaredApps() {}

    /// @param catalogue to which their modules add their topics; nobody else's
    /// @throws IllegalArgumentException with the reason, where an app cannot be as declared
    public static void check(
            List<App> declared, IdentitySettings settings, LiveCatalogue catalogue) {
        if (declared.isEmpty()) {
            return;
        }
        Registry registry =
                new Registry(
                        new RegistryStore(new MemoryStore()),
                        Secrets.quick(),
                        settings.systemClients().keySet(),
                        () -> Instant.EPOCH,
                        catalogue,
                        new RegistryBudget(RegistryLimits.DEFAULT, _ -> true),
                        new Edition(),
                        AppDraft.Rules.of(settings));
        var _ = registry.declare(declared);
    }
}
