package eu.sermas.bus.rest.identity;

import eu.sermas.bus.identity.App;
import eu.sermas.bus.identity.AppChange;
import eu.sermas.bus.identity.AppModule;
import eu.sermas.bus.identity.PlatformModule;
import eu.sermas.bus.packet.Printable;
import eu.sermas.bus.rest.http.Refused;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The fields of a request that mean nothing here. Apps and modules are kept with more than this
/// bus understands, which it hands back; but only with what the platform is known to write there.
public final class KnownFields {

    /// What records have of the database that they come from.
    private static final Set<String> OF_RECORDS = Set.of("_id", "__v", "createdAt", "updatedAt");

    private static final Set<String> OF_APPS = Set.of("_id", "__v", "tasks", "rag");

    private KnownFields() {}

    /// @throws Refused 400 that names the first field that is none
    public static void require(Object value) {
        require("", value);
    }

    private static void require(String path, Object value) {
        switch (value) {
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    require(path + "[" + i + "].", list.get(i));
                }
            }
            case App app -> {
                require(path, app.extra().keySet(), OF_APPS);
                List<AppModule> modules = app.modules();
                if (modules != null) {
                    require(path + "modules", modules);
                }
            }
            case AppChange change -> {
                require(path, change.extra().keySet(), OF_APPS);
                List<AppModule> modules = change.modules();
                if (modules != null) {
                    require(path + "modules", modules);
                }
            }
            case AppModule module -> require(path, module.extra().keySet(), OF_RECORDS);
            case PlatformModule module -> require(path, module.extra().keySet(), OF_RECORDS);
            default -> {}
        }
    }

    private static void require(String path, Set<String> found, Set<String> known) {
        for (String field : new TreeSet<>(found)) {
            if (!known.contains(field)) {
                throw Refused.badRequest(path + Printable.of(field) + ": unknown field");
            }
        }
    }
}
