package eu.sermas.bus.rest.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.identity.App;
import eu.sermas.bus.identity.AppChange;
import eu.sermas.bus.identity.Registry;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.caller.Outcomes;
import eu.sermas.bus.rest.http.Refused;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Apps, for whoever holds `platform.app` in them.
///
/// Who may write an app may use its tools, but only its owner and an administrator see what the
/// tools authenticate themselves with. Secrets of clients are shown to nobody: they are kept as
/// hashes, and only the answer to their creation has them.
@Path("api/app")
public final class AppResource {

    /// An app as the public sees it.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record PublicApp(
            String appId,
            String name,
            @Nullable String description,
            @Nullable JsonNode tools,
            @Nullable JsonNode settings) {}

    private static final String NOT_FOUND = "app not found";
    private static final List<String> EVERYTHING = List.of("*");

    private final Registry registry;

    public AppResource(Registry registry) {
        this.registry = registry;
    }

    @GET
    @Needs(Access.NOTHING)
    public List<PublicApp> publicApps() {
        return registry.apps().stream()
                .filter(App::isPublic)
                .map(App::withoutCredentials)
                .map(
                        app ->
                                new PublicApp(
                                        app.appId(),
                                        app.name(),
                                        app.description(),
                                        app.tools(),
                                        app.settings()))
                .toList();
    }

    /// The apps of the caller, with what their owners alone may see. A user who owns none needs no
    /// right to hear that.
    @GET
    @Path("list")
    @Needs(Access.TOKEN)
    public List<App> ownApps(@Context Caller caller) {
        List<App> own = registry.appsOwnedBy(caller.userId());
        if (!own.isEmpty() || caller.principal().kind() != Principal.Kind.USER) {
            caller.require(Access.PLATFORM_APP, null);
        }
        return own;
    }

    @POST
    @Needs(Access.PLATFORM_APP)
    public App create(@Context Caller caller, App app) {
        requireOwner(caller, app.ownerId());
        requireAll(caller);
        App made = Outcomes.unless(registry.createApp(app));
        try {
            var _ = caller.now();
        } catch (Refused gone) { // deleted meanwhile, as one who owned nothing
            registry.removeApp(made.appId());
            throw gone;
        }
        return made;
    }

    /// Changes what the body names. Modules and clients that it names are made or changed, and all
    /// others stay: to remove one is a call of its own.
    @PUT
    @Needs(Access.PLATFORM_APP)
    public App update(@Context Caller caller, AppChange change) {
        String appId = change.appId();
        if (appId == null || appId.isEmpty()) {
            throw Refused.badRequest("appId missing");
        }
        caller.require(Access.PLATFORM_APP, appId);
        String present = find(appId).ownerId();
        String owner = change.ownerId();
        if (owner != null && !owner.isEmpty() && !owner.equals(present)) {
            caller.requireAdmin();
        }
        return Outcomes.unless(registry.changeApp(appId, change, caller.rights()));
    }

    @PUT
    @Path("{appId}/tools")
    @Needs(Access.PLATFORM_APP)
    public void changeTools(@PathParam("appId") String appId, JsonNode tools) {
        if (!tools.isArray()) {
            throw Refused.badRequest("body: expected an array of tools");
        }
        Outcomes.unless(registry.changeTools(appId, tools));
    }

    @PUT
    @Path("{appId}/settings")
    @Needs(Access.PLATFORM_APP)
    public void changeSettings(
            @Context Caller caller, @PathParam("appId") String appId, JsonNode settings) {
        if (!settings.isObject()) {
            throw Refused.badRequest("body: expected an object");
        }
        Outcomes.unless(registry.changeSettings(appId, settings, caller.rights()));
    }

    @GET
    @Path("{appId}")
    @Needs(Access.PLATFORM_APP)
    public App read(@Context Caller caller, @PathParam("appId") String appId) {
        App app = find(appId);
        boolean full =
                caller.principal().isPlatformAdmin() || app.ownerId().equals(caller.userId());
        return full ? app : app.withoutCredentials();
    }

    /// Takes everything in the app with it, so it takes the right to everything in the app.
    @DELETE
    @Path("{appId}")
    @Needs(Access.PLATFORM_APP)
    public void remove(@Context Caller caller, @PathParam("appId") String appId) {
        caller.require(caller.rights().mayHandOut(appId, EVERYTHING));
        registry.removeApp(appId);
    }

    @GET
    @Path("repository/defaults")
    @Needs(Access.NOTHING)
    public JsonNode defaultRepository() {
        return Repository.DEFAULTS;
    }

    @GET
    @Path("{appId}/repository")
    @Needs(Access.PLATFORM_APP)
    public JsonNode repository(@PathParam("appId") String appId) {
        return Repository.of(find(appId));
    }

    /// @param name only assets of this name
    @GET
    @Path("{appId}/repository/{kind: robots|avatars|backgrounds}")
    @Needs(Access.PLATFORM_APP)
    public JsonNode assets(
            @PathParam("appId") String appId,
            @PathParam("kind") String kind,
            @QueryParam("name") @Nullable String name) {
        return Repository.assets(find(appId), kind, name);
    }

    private App find(String appId) {
        return registry.app(appId).orElseThrow(() -> Refused.notFound(NOT_FOUND));
    }

    /// In a new app its owner may do everything, so a client cannot make one, nor can somebody
    /// whose token is for less than that.
    private static void requireAll(Caller caller) {
        Principal principal = caller.principal();
        if (principal.isPlatformAdmin()) {
            return;
        }
        if (principal.kind() != Principal.Kind.USER) {
            caller.require(
                    Verdict.denied(Rule.MISSING_ROLE, "apps are made by users and administrators"));
        }
        for (String appId : principal.appIds()) {
            caller.require(caller.rights().mayHandOut(appId, EVERYTHING));
        }
    }

    /// A user makes apps of their own; for somebody else, only an administrator does.
    private static void requireOwner(Caller caller, String ownerId) {
        if (ownerId.isEmpty()) {
            throw Refused.badRequest("ownerId missing");
        }
        if (!ownerId.equals(caller.userId())) {
            caller.requireAdmin();
        }
    }
}
