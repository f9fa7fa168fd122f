package eu.sermas.bus.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;

/// What modules note about their work; passed on and not kept.
@Path("api/platform/monitoring")
public final class MonitoringResource {

    private static final String[] REQUIRED = {"appId", "sessionId", "type", "label"};

    private final AppEvents events;

    MonitoringResource(AppEvents events) {
        this.events = events;
    }

    /// The event goes without `data`, which may be about people.
    @POST
    @Needs(Access.PLATFORM_MONITORING)
    public void monitor(@Context Caller caller, @Dto("MonitoringRecordDto") ObjectNode body) {
        for (String field : REQUIRED) {
            if (body.path(field).asText().isEmpty()) {
                throw Refused.badRequest("Missing " + field);
            }
        }
        ObjectNode event = events.checked(caller, Access.PLATFORM_MONITORING, body);
        event.remove("data");
        events.publish(event, "platform", "monitoring");
    }
}
