package eu.sermas.bus.rest.relay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.Dto;
import eu.sermas.bus.rest.http.Refused;
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

    public StorageResource(AppEvents events, AppRecords records) {
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
                records.of(caller, Access.SESSION_STORAGE, record.path("appId").asText())
                        .put(caller, AppRecords.Kind.STORAGE, id, record);
        change.tell(() -> publish(caller, change.operation(), record, id));
        return record;
    }

    /// The records of an app whose fields are those of the body, as far as it names any.
    @POST
    @Path("search")
    @Needs(Access.SESSION_STORAGE)
    public List<JsonNode> searchStorage(@Context Caller caller, ObjectNode filter) {
        String appId = AppEvents.required(filter, "appId");
        return records.of(caller, Access.SESSION_STORAGE, appId)
                .search(AppRecords.Kind.STORAGE, filter, SEARCHED, _ -> true);
    }

    @GET
    @Path("{storageId}")
    @Needs(Access.SESSION_STORAGE)
    @Dto("SessionStorageRecordDto")
    public ObjectNode readStorage(
            @Context Caller caller, @PathParam("storageId") String storageId) {
        AppRecords.OfApp app =
                records.with(caller, Access.SESSION_STORAGE, AppRecords.Kind.STORAGE, storageId);
        AppRecords.Found record = app == null ? null : app.get(AppRecords.Kind.STORAGE, storageId);
        if (record == null) {
            throw notFound();
        }
        return record.value();
    }

    private static Refused notFound() {
        return Refused.notFound("storage record not found");
    }

    @DELETE
    @Path("{storageId}")
    @Needs(Access.SESSION_STORAGE)
    public void removeStorage(@Context Caller caller, @PathParam("storageId") String storageId) {
        AppRecords.OfApp app =
                records.with(caller, Access.SESSION_STORAGE, AppRecords.Kind.STORAGE, storageId);
        AppRecords.Change change =
                app == null ? null : app.remove(AppRecords.Kind.STORAGE, storageId);
        AppRecords.Found gone = change == null ? null : change.before();
        if (change == null || gone == null) {
            throw notFound();
        }
        change.tell(() -> publish(caller, AppEvents.Operation.DELETED, gone.value(), storageId));
    }

    private void publish(
            Caller caller, AppEvents.Operation operation, ObjectNode record, String id) {
        events.publish(caller, events.changed(caller, operation, record), "session", "storage", id);
    }
}
