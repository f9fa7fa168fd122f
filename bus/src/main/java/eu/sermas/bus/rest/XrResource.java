package eu.sermas.bus.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;

/// Markers of extended reality. They are remembered, so that a new one is told from a changed one.
@Path("api/xr/marker")
public final class XrResource {

    private final AppEvents events;
    private final AppRecords records;

    XrResource(AppEvents events, AppRecords records) {
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
                records.put(
                        caller, AppRecords.Kind.MARKER, marker.path("appId").asText(), id, marker);
        change.tell(
                () ->
                        publish(
                                caller,
                                change.isNew()
                                        ? AppEvents.Operation.CREATED
                                        : AppEvents.Operation.UPDATED,
                                marker,
                                id));
        return marker;
    }

    @DELETE
    @Path("{markerId}")
    @Needs(Access.XR_MARKER)
    public void removeMarker(@Context Caller caller, @PathParam("markerId") String markerId) {
        AppRecords.Found marker =
                records.find(
                        caller,
                        AppRecords.Kind.MARKER,
                        markerId,
                        appId -> caller.may(Access.XR_MARKER, appId));
        remove(caller, marker == null ? "" : marker.appId(), markerId);
    }

    @DELETE
    @Path("{appId}/{markerId}")
    @Needs(Access.XR_MARKER)
    public void removeMarkerOf(
            @Context Caller caller,
            @PathParam("appId") String appId,
            @PathParam("markerId") String markerId) {
        remove(caller, appId, markerId);
    }

    private void remove(Caller caller, String appId, String id) {
        AppRecords.Change change = records.remove(AppRecords.Kind.MARKER, appId, id);
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
