package eu.sermas.bus.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.util.List;

/// What apps put aside during a session, for as long as the process lives.
@Path("api/session/storage")
public final class StorageResource {

    private static final List<String> SEARCHED =
            List.of("storageId", "sessionId", "userId", "clientId");

    private final AppEvents events;
    private final Records records = new Records("storage records");

    StorageResource(AppEvents events) {
        this.events = events;
    }

    /// Creates, or replaces the one of this `storageId`.
    @POST
    @Needs(Access.SESSION_STORAGE)
    @Dto("SessionStorageRecordDto")
    public ObjectNode store(
            @Context Caller caller, @Dto("SessionStorageRecordDto") ObjectNode body) {
        ObjectNode record = events.checked(caller, Access.SESSION_STORAGE, body);
        String id = Records.identify(record, "storageId");
        boolean isNew = records.put(record.path("appId").asText(), id, record);
        publish(isNew ? AppEvents.Operation.CREATED : AppEvents.Operation.UPDATED, record, id);
        return record;
    }

    /// The records of an app whose fields are those of the body, as far as it names any.
    @POST
    @Path("search")
    @Needs(Access.SESSION_STORAGE)
    public List<ObjectNode> searchStorage(@Context Caller caller, ObjectNode filter) {
        String appId = AppEvents.required(filter, "appId");
        caller.require(Access.SESSION_STORAGE, appId);
        return records.of(appId).stream()
                .filter(record -> Records.matches(record, filter, SEARCHED))
                .toList();
    }

    @GET
    @Path("{storageId}")
    @Needs(Access.SESSION_STORAGE)
    @Dto("SessionStorageRecordDto")
    public ObjectNode readStorage(
            @Context Caller caller, @PathParam("storageId") String storageId) {
        ObjectNode record =
                records.find(storageId, appId -> caller.may(Access.SESSION_STORAGE, appId));
        if (record == null) {
            throw Refused.notFound("storage record not found");
        }
        return record;
    }

    @DELETE
    @Path("{storageId}")
    @Needs(Access.SESSION_STORAGE)
    public void removeStorage(@Context Caller caller, @PathParam("storageId") String storageId) {
        ObjectNode record = readStorage(caller, storageId);
        if (records.remove(record.path("appId").asText(), storageId) != null) {
            publish(AppEvents.Operation.DELETED, record, storageId);
        }
    }

    private void publish(AppEvents.Operation operation, ObjectNode record, String id) {
        events.publish(events.changed(operation, record), "session", "storage", id);
    }
}
