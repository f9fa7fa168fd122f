package eu.sermas.bus.rest.identity;

import eu.sermas.bus.identity.AppModule;
import eu.sermas.bus.identity.Registry;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.caller.Outcomes;
import eu.sermas.bus.rest.http.Refused;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;

/// The modules of an app.
@Path("api/platform/app/{appId}/module")
public final class AppModuleResource {

    private final Registry registry;

    public AppModuleResource(Registry registry) {
        this.registry = registry;
    }

    /// Creates or replaces.
    ///
    /// @return the module, with its secret where it is new
    @POST
    @Needs(Access.PLATFORM_MODULE)
    public AppModule save(
            @Context Caller caller, @PathParam("appId") String appId, AppModule module) {
        return Outcomes.unless(registry.saveModule(appId, module, caller.rights()));
    }

    @GET
    @Path("{moduleId}")
    @Needs(Access.PLATFORM_MODULE)
    public AppModule read(
            @PathParam("appId") String appId, @PathParam("moduleId") String moduleId) {
        return registry.module(appId, moduleId)
                .orElseThrow(() -> Refused.notFound("module not found"));
    }

    @DELETE
    @Path("{moduleId}")
    @Needs(Access.PLATFORM_MODULE)
    public void remove(@PathParam("appId") String appId, @PathParam("moduleId") String moduleId) {
        Outcomes.unless(registry.removeModule(appId, moduleId));
    }
}
