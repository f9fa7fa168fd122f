package eu.sermas.bus.rest.operation;

import eu.sermas.bus.access.Login;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.Refused;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/// A new token for a live MQTT connection, for clients that cannot show it over MQTT.
@Path("api/mqtt/session")
public final class SessionResource {

    private final BiFunction<Login, String, CompletionStage<Boolean>> renewal;

    /// @param renewal puts a login in force on the connection of an MQTT client identifier; false
    ///   where its principal has no such connection
    public SessionResource(BiFunction<Login, String, CompletionStage<Boolean>> renewal) {
        this.renewal = renewal;
    }

    /// The Bearer token takes the place of the one that the connection was made with; it has to be
    /// of the same principal.
    @POST
    @Path("{clientId}/token")
    @Needs(Access.TOKEN)
    public void renew(@Context Caller caller, @PathParam("clientId") String clientId) {
        boolean renewed = renewal.apply(caller.login(), clientId).toCompletableFuture().join();
        if (!renewed) {
            throw Refused.notFound("client not connected");
        }
    }
}
