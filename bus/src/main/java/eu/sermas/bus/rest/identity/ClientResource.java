package eu.sermas.bus.rest.identity;

import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.identity.AppClient;
import eu.sermas.bus.identity.ListedClient;
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
import java.util.List;
import java.util.Set;

/// The clients of an app. A client is found by its short or its composite id.
@Path("api/platform/app/{appId}/client")
public final class ClientResource {

    private static final String NOT_FOUND = "client not found";

    private final Registry registry;
    private final LiveCatalogue catalogue;

    public ClientResource(Registry registry, LiveCatalogue catalogue) {
        this.registry = registry;
        this.catalogue = catalogue;
    }

    /// @return the client with its secret, which nobody is told again
    @POST
    @Needs(Access.PLATFORM_CLIENT)
    public AppClient create(
            @Context Caller caller, @PathParam("appId") String appId, AppClient client) {
        return Outcomes.unless(registry.createClient(appId, client, caller.rights()));
    }

    /// All clients of the app, those of its modules and `application` too.
    @GET
    @Needs(Access.PLATFORM_CLIENT)
    public List<ListedClient> list(@PathParam("appId") String appId) {
        return registry.clients(appId).orElseThrow(() -> Refused.notFound("app not found"));
    }

    @GET
    @Path("{clientId}")
    @Needs(Access.PLATFORM_CLIENT)
    public AppClient read(
            @PathParam("appId") String appId, @PathParam("clientId") String clientId) {
        return registry.client(appId, clientId).orElseThrow(() -> Refused.notFound(NOT_FOUND));
    }

    /// The templates of the topics that a client may use. A client may always ask for its own.
    @GET
    @Path("{clientId}/topics")
    @Needs(Access.TOKEN)
    public List<String> topics(
            @Context Caller caller,
            @PathParam("appId") String appId,
            @PathParam("clientId") String clientId) {
        if (!isSame(caller.principal(), appId, clientId)) {
            caller.require(Access.PLATFORM_CLIENT, appId);
        }
        return registry.grants(appId, clientId)
                .map(grants -> catalogue.of(Set.of(appId)).topicsOf(grants))
                .orElseThrow(() -> Refused.notFound(NOT_FOUND));
    }

    @DELETE
    @Path("{clientId}")
    @Needs(Access.PLATFORM_CLIENT)
    public void remove(@PathParam("appId") String appId, @PathParam("clientId") String clientId) {
        Outcomes.unless(registry.removeClient(appId, clientId));
    }

    /// Whether these name the caller itself. A user who logged in through a client is not it.
    private boolean isSame(Principal principal, String appId, String clientId) {
        return principal.kind() == Principal.Kind.CLIENT
                && principal.appIds().contains(appId)
                && registry.client(appId, clientId)
                        .map(AppClient::id)
                        .filter(id -> id.equals(principal.clientId()))
                        .isPresent();
    }
}
