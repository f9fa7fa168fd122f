package eu.sermas.bus.rest.relay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.Dto;
import eu.sermas.bus.rest.http.Refused;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import org.jspecify.annotations.Nullable;

/// Markers of extended reality. They are remembered, so that a new one is told from a changed one.
@Path("api/xr/marker")
public final class XrResource {

    private final AppEvents events;
    private final AppRecords records;

    public XrResource(AppEvents events, AppRecords records) {
        this.events = events;
        this.records = records;
    }

    @POST
    @Needs(Access.XR_MARKER)
    @Dto("XRMarkerDto")
    public ObjectNode createMarker(@Context Caller caller, @Dto("XRMarkerDto") ObjectNode body) {
        return save(caller, body);
    }

    @PUT
    @Needs(Access.XR_MARKER)
    @Dto("XRMarkerDto")
    public ObjectNode saveMarker(@Context Caller caller, @Dto("XRMarkerDto") ObjectNode body) {
        return save(caller, body);
    }

    private ObjectNode save(Caller caller, ObjectNode body) {
        AppEvents.required(body, "payload");
        ObjectNode marker = events.checked(caller, Access.XR_MARKER, body);
        String id = AppRecords.identify(marker, "markerId");
        AppRecords.Change change =
                records.of(caller, Access.XR_MARKER, marker.path("appId").asText())
                        .put(caller, AppRecords.Kind.MARKER, id, marker);
        change.tell(() -> publish(caller, change.operation(), marker, id));
        return marker;
    }

    @DELETE
    @Path("{markerId}")
    @Needs(Access.XR_MARKER)
    public void removeMarker(@Context Caller caller, @PathParam("markerId") String markerId) {
        remove(
                caller,
                records.with(caller, Access.XR_MARKER, AppRecords.Kind.MARKER, markerId),
                markerId);
    }

    @DELETE
    @Path("{appId}/{markerId}")
    @Needs(Access.XR_MARKER)
    public void removeMarkerOf(
            @Context Caller caller,
            @PathParam("appId") String appId,
            @PathParam("markerId") String markerId) {
        remove(caller, records.of(caller, Access.XR_MARKER, appId), markerId);
    }

    private void remove(Caller caller, AppRecords.@Nullable OfApp app, String id) {
        AppRecords.Change change = app == null ? null : app.remove(AppRecords.Kind.MARKER, id);
        AppRecords.Found gone = change == null ? null : change.before();
        if (change == null || gone == null) {
            throw Refused.notFound("marker not found");
        }
        change.tell(() -> publish(caller, AppEvents.Operation.DELETED, gone.value(), id));
    }

    private void publish(
            Caller caller, AppEvents.Operation operation, ObjectNode marker, String id) {
        ObjectNode event = events.changed(caller, operation, marker);
        events.publish(caller, event, "xr", "marker", "changed", id);
    }
}
