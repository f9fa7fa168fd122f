package eu.sermas.bus.identity;

import eu.sermas.bus.identity.IdentityEvent.Operation;
import eu.sermas.bus.identity.IdentityEvent.PlatformModuleChanged;
import eu.sermas.bus.packet.Printable;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The modules of the platform, on its account. Only administrators change them, one after the
/// other; reading is a look-up from any thread.
final class PlatformModules {

    private final RegistryStore store;
    private final ModuleTopics topics;
    private final RegistryBudget budget;
    private final Map<String, PlatformModule> modules;

    PlatformModules(RegistryStore store, ModuleTopics topics, RegistryBudget budget) {
        this.store = store;
        this.topics = topics;
        this.budget = budget;
        this.modules = new ConcurrentHashMap<>(store.readModules());
        modules.values().forEach(module -> budget.beginOfPlatform(HeapCost.of(module)));
    }

    @Nullable PlatformModule find(String moduleId) {
        return modules.get(moduleId);
    }

    List<PlatformModule> all() {
        return modules.values().stream()
                .sorted(Comparator.comparing(PlatformModule::moduleId))
                .toList();
    }

    /// Creates or replaces.
    synchronized Outcome<PlatformModuleChanged> save(PlatformModule module) {
        String moduleId = module.moduleId();
        PlatformModule before = modules.get(moduleId);
        Refusal refusal = Names.isClientId(moduleId) ? topics.refusal(module) : notAnId(moduleId);
        if (refusal == null) {
            refusal =
                    budget.changeOfPlatform(
                            "module " + moduleId,
                            HeapCost.of(module),
                            before == null ? 0 : HeapCost.of(before));
        }
        if (refusal != null) {
            return Outcome.refused(refusal);
        }
        store.write(module);
        modules.put(moduleId, module);
        topics.saved(module);
        return Outcome.done(
                new PlatformModuleChanged(
                        before == null ? Operation.CREATED : Operation.UPDATED, module));
    }

    private static Refusal notAnId(String moduleId) {
        return Refusal.badRequest(
                "moduleId: '"
                        + Printable.of(moduleId)
                        + "' (expected: "
                        + Names.CLIENT_ID_FORM
                        + ")");
    }

    synchronized Outcome<PlatformModuleChanged> remove(String moduleId) {
        PlatformModule module = modules.get(moduleId);
        if (module == null) {
            return Outcome.refused(Refusal.MODULE_NOT_FOUND);
        }
        store.deleteModule(moduleId);
        modules.remove(moduleId);
        topics.removed(module);
        var _ = budget.changeOfPlatform("module " + moduleId, 0, HeapCost.of(module));
        return Outcome.done(new PlatformModuleChanged(Operation.DELETED, module));
    }
}
