package eu.sermas.bus.rest.operation;

import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.ErrorBody;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What is outside of the API proper: health for whoever runs the process, counters for Prometheus.
@Path("/")
public final class StatusResource {

    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final Metrics metrics;
    private final Supplier<@Nullable String> obstacle;

    /// @param obstacle why traffic should go elsewhere now, or null
    public StatusResource(Metrics metrics, Supplier<@Nullable String> obstacle) {
        this.metrics = metrics;
        this.obstacle = obstacle;
    }

    @GET
    @Path("health/live")
    @Needs(Access.NOTHING)
    public Object live() {
        return Map.of("status", "live");
    }

    @GET
    @Path("health/ready")
    @Needs(Access.NOTHING)
    public Response ready() {
        String reason = obstacle.get();
        return reason == null
                ? Response.ok(Map.of("status", "ready")).build()
                : Response.status(503).entity(ErrorBody.of(503, "not ready: " + reason)).build();
    }

    @GET
    @Path("metrics")
    @Needs(Access.NOTHING)
    public Response metrics() {
        return Response.ok(metrics.scrape()).header("Content-Type", PROMETHEUS).build();
    }
}
