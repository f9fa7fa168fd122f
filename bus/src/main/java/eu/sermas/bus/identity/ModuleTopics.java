package eu.sermas.bus.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.access.CatalogueAddition;
import eu.sermas.bus.access.InvalidTopicsException;
import eu.sermas.bus.access.LiveCatalogue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What modules add to the catalogue of topics by `topics`, `$defs` and `resources` of their
/// `config`: a module of the platform for every app, a module of an app for that app.
final class ModuleTopics {

    private static final List<String> FIELDS = List.of("topics", "$defs", "resources");

    private final LiveCatalogue catalogue;

    ModuleTopics(LiveCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    /// Those of all modules that are there at the start.
    void begin(Collection<PlatformModule> modules, Collection<AppState> apps) {
        Map<String, List<CatalogueAddition>> all = new HashMap<>();
        modules.forEach(module -> all.put(owner(module), of(module)));
        catalogue.replaceAll(all);
        apps.forEach(this::saved);
    }

    /// Why a module cannot be as it should be, or null.
    @Nullable Refusal refusal(PlatformModule module) {
        String owner = owner(module);
        return refusal(owner, () -> catalogue.check(owner, of(module)));
    }

    /// Why the modules of an app cannot be as they should be, or null. Those that stay as they are
    /// are not asked about: nobody could change anything else then.
    @Nullable Refusal refusal(@Nullable AppState before, AppState after) {
        List<CatalogueAddition> wanted = of(after);
        return before != null && wanted.equals(of(before))
                ? null
                : refusal("app " + after.appId(), () -> catalogue.checkApp(after.appId(), wanted));
    }

    private interface Check {
        void run() throws InvalidTopicsException;
    }

    private static @Nullable Refusal refusal(String owner, Check check) {
        try {
            check.run();
            return null;
        } catch (InvalidTopicsException e) {
            String message = "topics of " + owner + ": " + e.getMessage();
            return e.isConflict() ? Refusal.conflict(message) : Refusal.badRequest(message);
        }
    }

    void saved(PlatformModule module) {
        catalogue.replace(owner(module), of(module));
    }

    void removed(PlatformModule module) {
        catalogue.replace(owner(module), List.of());
    }

    void saved(AppState app) {
        catalogue.replaceApp(app.appId(), of(app));
    }

    void removed(AppState app) {
        catalogue.replaceApp(app.appId(), List.of());
    }

    private static String owner(PlatformModule module) {
        return "module " + module.moduleId();
    }

    private static List<CatalogueAddition> of(PlatformModule module) {
        return List.of(new CatalogueAddition(owner(module), null, content(module.config())));
    }

    private static List<CatalogueAddition> of(AppState app) {
        List<CatalogueAddition> additions = new ArrayList<>();
        for (AppModule module : app.modules()) {
            String source = "module " + module.moduleId() + " of app " + app.appId();
            ObjectNode content = content(module.config());
            if (!content.isEmpty()) {
                additions.add(new CatalogueAddition(source, app.appId(), content));
            }
        }
        return additions;
    }

    private static ObjectNode content(@Nullable JsonNode config) {
        ObjectNode content = JsonNodeFactory.instance.objectNode();
        for (String field : FIELDS) {
            JsonNode value = config == null ? null : config.get(field);
            if (value != null && !value.isNull()) {
                content.set(field, value);
            }
        }
        return content;
    }
}
