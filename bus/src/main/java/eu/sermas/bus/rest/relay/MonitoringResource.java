package eu.sermas.bus.rest.relay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.Dto;
import eu.sermas.bus.rest.http.Refused;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What modules note about their work; passed on, and the latest of each app remembered.
@Path("api/platform/monitoring")
public final class MonitoringResource {

    private static final String[] REQUIRED = {"appId", "sessionId", "type", "label"};
    private static final List<String> SEARCHED =
            List.of("sessionId", "type", "label", "userId", "clientId", "requestId");

    private final AppEvents events;
    private final AppRecords records;

    public MonitoringResource(AppEvents events, AppRecords records) {
        this.events = events;
        this.records = records;
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
        records.of(caller, Access.PLATFORM_MONITORING, event.path("appId").asText())
                .append(caller, event)
                .tell(() -> events.tell(caller, event, "platform", "monitoring"));
    }

    /// The records of an app whose fields are those of the body, as far as it names any.
    @POST
    @Path("search")
    @Needs(Access.PLATFORM_MONITORING)
    public List<JsonNode> searchMonitoring(@Context Caller caller, ObjectNode filter) {
        return search(caller, filter, null, null);
    }

    /// The same, between `from` and `to` where the body names them; both count.
    @POST
    @Path("advanced-search")
    @Needs(Access.PLATFORM_MONITORING)
    public List<JsonNode> searchMonitoringInTime(@Context Caller caller, ObjectNode filter) {
        return search(caller, filter, time(filter, "from"), time(filter, "to"));
    }

    private List<JsonNode> search(
            Caller caller, ObjectNode filter, @Nullable Instant from, @Nullable Instant to) {
        String appId = AppEvents.required(filter, "appId");
        return records.of(caller, Access.PLATFORM_MONITORING, appId)
                .search(
                        AppRecords.Kind.MONITORING,
                        filter,
                        SEARCHED,
                        record -> isWithin(record, from, to));
    }

    private static boolean isWithin(
            AppRecords.Found record, @Nullable Instant from, @Nullable Instant to) {
        if (from == null && to == null) {
            return true;
        }
        Instant at = parse(record.field("ts"));
        return at != null
                && (from == null || !at.isBefore(from))
                && (to == null || !at.isAfter(to));
    }

    private static @Nullable Instant time(ObjectNode filter, String field) {
        JsonNode text = filter.path(field);
        if (text.isMissingNode() || text.isNull()) {
            return null;
        }
        Instant time = parse(text.asText());
        if (time == null) {
            throw Refused.badRequest(field + ": expected a time such as 2026-01-31T12:00:00Z");
        }
        return time;
    }

    private static @Nullable Instant parse(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException _) {
            return null;
        }
    }
}
