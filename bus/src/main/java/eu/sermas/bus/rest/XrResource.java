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
    private final Records markers = new Records("markers");

    XrResource(AppEvents events) {
        this.events = events;
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
        String id = Records.identify(marker, "markerId");
        boolean isNew = markers.put(marker.path("appId").asText(), id, marker);
        publish(isNew ? AppEvents.Operation.CREATED : AppEvents.Operation.UPDATED, marker, id);
        return marker;
    }

    @DELETE
    @Path("{markerId}")
    @Needs(Access.XR_MARKER)
    public void removeMarker(@Context Caller caller, @PathParam("markerId") String markerId) {
        ObjectNode marker = markers.find(markerId, appId -> caller.may(Access.XR_MARKER, appId));
        if (marker == null) {
            throw Refused.notFound("marker not found");
        }
        remove(marker, markerId);
    }

    @DELETE
    @Path("{appId}/{markerId}")
    @Needs(Access.XR_MARKER)
    public void removeMarkerOf(
            @PathParam("appId") String appId, @PathParam("markerId") String markerId) {
        ObjectNode marker = markers.get(appId, markerId);
        if (marker == null) {
            throw Refused.notFound("marker not found");
        }
        remove(marker, markerId);
    }

    private void remove(ObjectNode marker, String id) {
        if (markers.remove(marker.path("appId").asText(), id) != null) {
            publish(AppEvents.Operation.DELETED, marker, id);
        }
    }

    private void publish(AppEvents.Operation operation, ObjectNode marker, String id) {
        events.publish(events.changed(operation, marker), "xr", "marker", "changed", id);
    }
}
