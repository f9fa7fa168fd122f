package eu.sermas.bus.rest;

import com.fasterxml.jackson.databind.JsonNode;
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
    private final AppRecords records;

    StorageResource(AppEvents events, AppRecords records) {
        this.events = events;
        this.records = records;
    }

    /// Creates, or replaces the one of this `storageId`.
    @POST
    @Needs(Access.SESSION_STORAGE)
    @Dto("SessionStorageRecordDto")
    public ObjectNode store(
            @Context Caller caller, @Dto("SessionStorageRecordDto") ObjectNode body) {
        ObjectNode record = events.checked(caller, Access.SESSION_STORAGE, body);
        String id = AppRecords.identify(record, "storageId");
        AppRecords.Change change =
                records.put(
                        caller, AppRecords.Kind.STORAGE, record.path("appId").asText(), id, record);
        change.tell(
                () ->
                        publish(
                                caller,
                                change.isNew()
                                        ? AppEvents.Operation.CREATED
                                        : AppEvents.Operation.UPDATED,
                                record,
                                id));
        return record;
    }

    /// The records of an app whose fields are those of the body, as far as it names any.
    @POST
    @Path("search")
    @Needs(Access.SESSION_STORAGE)
    public List<JsonNode> searchStorage(@Context Caller caller, ObjectNode filter) {
        String appId = AppEvents.required(filter, "appId");
        caller.require(Access.SESSION_STORAGE, appId);
        return records.search(AppRecords.Kind.STORAGE, appId, filter, SEARCHED, _ -> true);
    }

    @GET
    @Path("{storageId}")
    @Needs(Access.SESSION_STORAGE)
    @Dto("SessionStorageRecordDto")
    public ObjectNode readStorage(
            @Context Caller caller, @PathParam("storageId") String storageId) {
        return find(caller, storageId).value();
    }

    private AppRecords.Found find(Caller caller, String storageId) {
        AppRecords.Found record =
                records.find(
                        caller,
                        AppRecords.Kind.STORAGE,
                        storageId,
                        appId -> caller.may(Access.SESSION_STORAGE, appId));
        if (record == null) {
            throw Refused.notFound("storage record not found");
        }
        return record;
    }

    @DELETE
    @Path("{storageId}")
    @Needs(Access.SESSION_STORAGE)
    public void removeStorage(@Context Caller caller, @PathParam("storageId") String storageId) {
        AppRecords.Found record = find(caller, storageId);
        AppRecords.Change change =
                records.remove(AppRecords.Kind.STORAGE, record.appId(), storageId);
        if (change != null) {
            change.tell(
                    () -> publish(caller, AppEvents.Operation.DELETED, record.value(), storageId));
        }
    }

    private void publish(
            Caller caller, AppEvents.Operation operation, ObjectNode record, String id) {
        events.publish(caller, events.changed(caller, operation, record), "session", "storage", id);
    }
}
