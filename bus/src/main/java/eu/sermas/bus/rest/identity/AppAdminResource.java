package eu.sermas.bus.rest.identity;

import com.fasterxml.jackson.annotation.JsonFormat;
import eu.sermas.bus.identity.App;
import eu.sermas.bus.identity.Outcome;
import eu.sermas.bus.identity.Registry;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.Refused;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Apps of all tenants, for administrators. An export holds no secret, since only hashes of them
/// are kept; an import takes plaintext secrets for the clients and modules that it brings, keeps
/// those of the ones that are there already, and makes up the rest. An app that is made again after
/// its deletion is another one: tokens of the first do not count in it.
@Path("api/app/admin")
public final class AppAdminResource {

    /// Which apps are meant: those with this name, or with one of these ids.
    record Selection(
            @Nullable String name,
            @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
                    @Nullable List<String> appId) {

        boolean isEmpty() {
            return (name == null || name.isEmpty()) && (appId == null || appId.isEmpty());
        }

        boolean matches(App app) {
            boolean anyName = name == null || name.isEmpty() || name.equals(app.name());
            boolean anyId = appId == null || appId.isEmpty() || appId.contains(app.appId());
            return anyName && anyId;
        }
    }

    private final Registry registry;

    public AppAdminResource(Registry registry) {
        this.registry = registry;
    }

    /// Imports what can be imported; where something cannot, the answer is 400 and says what. An
    /// app without an owner gets the caller.
    @POST
    @Path("import")
    @Needs(Access.ADMIN)
    public List<App> importAll(
            @Context Caller caller,
            @QueryParam("skipClients") @DefaultValue("") String skipClients,
            List<App> apps) {
        List<App> imported = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (App app : apps) {
            App owned = app.ownerId().isEmpty() ? app.withOwner(caller.userId()) : app;
            switch (registry.importApp(owned, isYes(skipClients))) {
                case Outcome.Done<App>(App done) -> imported.add(done);
                case Outcome.Refused<App>(var refusal) ->
                        failures.add("'" + app.appId() + "': " + refusal.message());
            }
        }
        if (!failures.isEmpty()) {
            throw Refused.badRequest(
                    "imported %d of %d apps; %s"
                            .formatted(imported.size(), apps.size(), String.join("; ", failures)));
        }
        return imported;
    }

    @POST
    @Path("export")
    @Needs(Access.ADMIN)
    public List<App> export(Selection selection) {
        return registry.apps().stream().filter(selection::matches).toList();
    }

    @POST
    @Path("remove")
    @Needs(Access.ADMIN)
    public void remove(Selection selection) {
        if (selection.isEmpty()) {
            throw Refused.badRequest("name or appId missing");
        }
        export(selection).forEach(app -> registry.removeApp(app.appId()));
    }

    private static boolean isYes(String text) {
        return text.equals("true") || text.equals("1");
    }
}
