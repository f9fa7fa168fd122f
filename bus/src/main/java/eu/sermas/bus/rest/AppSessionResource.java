package eu.sermas.bus.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.util.Comparator;
import java.util.List;

/// The sessions of an app's users with its agents, for as long as the process lives. They end when
/// somebody says so.
@Path("api/session")
public final class AppSessionResource {

    private static final List<String> SEARCHED =
            List.of("sessionId", "userId", "agentId", "clientId");

    private final AppEvents events;
    private final Records sessions = new Records("sessions");

    AppSessionResource(AppEvents events) {
        this.events = events;
    }

    /// Creates, or replaces the one of this `sessionId`.
    @POST
    @Needs(Access.SESSION_SESSION)
    @Dto("SessionDto")
    public ObjectNode createSession(@Context Caller caller, @Dto("SessionDto") ObjectNode body) {
        ObjectNode session = events.checked(caller, Access.SESSION_SESSION, body);
        String id = Records.identify(session, "sessionId");
        ObjectNode known = sessions.get(session.path("appId").asText(), id);
        session.put("createdAt", known == null ? events.now() : known.path("createdAt").asText());
        return save(session, id);
    }

    /// Changes the fields that the body names.
    @PUT
    @Needs(Access.SESSION_SESSION)
    @Dto("SessionDto")
    public ObjectNode updateSession(@Context Caller caller, @Dto("SessionDto") ObjectNode body) {
        String appId = AppEvents.required(body, "appId");
        String id = AppEvents.required(body, "sessionId");
        caller.require(Access.SESSION_SESSION, appId);
        ObjectNode session = sessions.get(appId, id);
        if (session == null) {
            throw notFound();
        }
        JsonNode createdAt = session.path("createdAt");
        session.setAll(body);
        session.set("createdAt", createdAt);
        return save(session, id);
    }

    private ObjectNode save(ObjectNode session, String id) {
        session.put("modifiedAt", events.now());
        boolean isNew = sessions.put(session.path("appId").asText(), id, session);
        publish(isNew ? AppEvents.Operation.CREATED : AppEvents.Operation.UPDATED, session, id);
        return session;
    }

    @GET
    @Path("{sessionId}")
    @Needs(Access.SESSION_SESSION)
    @Dto("SessionDto")
    public ObjectNode readSession(
            @Context Caller caller, @PathParam("sessionId") String sessionId) {
        ObjectNode session =
                sessions.find(sessionId, appId -> caller.may(Access.SESSION_SESSION, appId));
        if (session == null) {
            throw notFound();
        }
        return session;
    }

    /// The latest of the caller's own sessions in an app.
    @GET
    @Path("user/{appId}")
    @Needs(Access.SESSION_SESSION)
    @Dto("SessionDto")
    public ObjectNode readSessionOfUser(@Context Caller caller, @PathParam("appId") String appId) {
        return sessions.of(appId).stream()
                .filter(session -> !caller.userId().isEmpty())
                .filter(session -> caller.userId().equals(session.path("userId").asText()))
                .max(Comparator.comparing(session -> session.path("modifiedAt").asText()))
                .orElseThrow(AppSessionResource::notFound);
    }

    /// The sessions of an app whose fields are those of the body, as far as it names any.
    @POST
    @Path("search/{appId}")
    @Needs(Access.SESSION_SESSION)
    public List<ObjectNode> searchSessions(@PathParam("appId") String appId, ObjectNode filter) {
        return sessions.of(appId).stream()
                .filter(session -> Records.matches(session, filter, SEARCHED))
                .toList();
    }

    /// Ends a session; the screens that show it are cleared.
    @DELETE
    @Path("{sessionId}")
    @Needs(Access.SESSION_SESSION)
    public void removeSession(@Context Caller caller, @PathParam("sessionId") String sessionId) {
        ObjectNode session = readSession(caller, sessionId);
        if (sessions.remove(session.path("appId").asText(), sessionId) == null) {
            return;
        }
        session.put("closedAt", events.now());
        publish(AppEvents.Operation.DELETED, session, sessionId);
        ObjectNode clear = Schemas.object();
        for (String field : new String[] {"appId", "clientId", "userId", "sessionId"}) {
            if (session.has(field)) {
                clear.set(field, session.get(field));
            }
        }
        clear.put("ts", events.now()).put("contentType", "clear-screen").putObject("content");
        events.publish(clear, "ui", "content");
    }

    private static Refused notFound() {
        return Refused.notFound("session not found");
    }

    private void publish(AppEvents.Operation operation, ObjectNode session, String id) {
        events.publish(events.changed(operation, session), "session", "session", "changed", id);
    }
}
