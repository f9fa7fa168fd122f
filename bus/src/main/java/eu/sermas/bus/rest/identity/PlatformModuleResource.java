package eu.sermas.bus.rest.identity;

import eu.sermas.bus.identity.PlatformModule;
import eu.sermas.bus.identity.Registry;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.caller.Outcomes;
import eu.sermas.bus.rest.http.Refused;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;

/// The modules of the platform itself, for administrators and system clients.
@Path("api/platform/module")
public final class PlatformModuleResource {

    private final Registry registry;

    public PlatformModuleResource(Registry registry) {
        this.registry = registry;
    }

    /// Creates or replaces.
    @POST
    @Needs(Access.ADMIN)
    public PlatformModule save(PlatformModule module) {
        return Outcomes.unless(registry.savePlatformModule(module));
    }

    @GET
    @Path("{moduleId}")
    @Needs(Access.ADMIN)
    public PlatformModule read(@PathParam("moduleId") String moduleId) {
        return registry.platformModule(moduleId)
                .orElseThrow(() -> Refused.notFound("module not found"));
    }

    @DELETE
    @Path("{moduleId}")
    @Needs(Access.ADMIN)
    public void remove(@PathParam("moduleId") String moduleId) {
        Outcomes.unless(registry.removePlatformModule(moduleId));
    }
}
