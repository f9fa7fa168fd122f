package eu.sermas.bus.rest.relay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.Dto;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;

/// That somebody seems to want to talk, or not any more.
@Path("api/detection")
public final class DetectionResource {

    private final AppEvents events;

    public DetectionResource(AppEvents events) {
        this.events = events;
    }

    @POST
    @Path("interaction")
    @Needs(Access.DETECTION_INTERACTION)
    public void interactionIntention(
            @Context Caller caller, @Dto("UserInteractionIntentionDto") ObjectNode body) {
        ObjectNode event = events.checked(caller, Access.DETECTION_INTERACTION, body);
        events.publish(caller, event, "detection", "interaction");
    }
}
