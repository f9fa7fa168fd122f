package eu.sermas.bus.rest.access;

import eu.sermas.bus.identity.Registry;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.Refused;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Which rights the clients of an app hold and have never used.
@Path("api/app/{appId}/access/unused")
public final class UnusedGrantsResource {

    /// @param since the start of the process; a change of a client's grants begins anew for it
    /// @param unused grants by the short id of the client; clients that use all of theirs are not
    ///   there
    record Unused(String appId, String since, Map<String, List<String>> unused) {}

    private final Registry registry;
    private final Instant startedAt;

    public UnusedGrantsResource(Registry registry, Instant startedAt) {
        this.registry = registry;
        this.startedAt = startedAt;
    }

    @GET
    @Needs(Access.ACCESS_UNUSED)
    public Unused unused(@PathParam("appId") String appId) {
        return registry.unusedGrants(appId)
                .map(unused -> new Unused(appId, startedAt.toString(), unused))
                .orElseThrow(() -> Refused.notFound("app not found"));
    }
}
