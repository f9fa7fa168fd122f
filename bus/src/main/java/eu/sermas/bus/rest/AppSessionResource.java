package eu.sermas.bus.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.access.Rule;
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
///
/// Who holds `session.session` sees and changes all of an app, who holds `session.own` those with
/// their own `userId`; for them there are no others.
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
    @Needs(Access.SESSION_OWN)
    @Dto("SessionDto")
    public ObjectNode createSession(@Context Caller caller, @Dto("SessionDto") ObjectNode body) {
        ObjectNode session = events.checked(caller, Access.SESSION_OWN, body);
        String appId = session.path("appId").asText();
        if (!caller.may(Access.SESSION_SESSION, appId)) {
            own(caller, session);
        }
        String id = Records.identify(session, "sessionId");
        ObjectNode known = sessions.get(appId, id);
        if (known != null && !isVisible(caller, known)) {
            throw Refused.forbidden(Rule.OTHER_USER, "session of another user");
        }
        session.put("createdAt", known == null ? events.now() : known.path("createdAt").asText());
        return save(session, id);
    }

    /// Changes the fields that the body names.
    @PUT
    @Needs(Access.SESSION_OWN)
    @Dto("SessionDto")
    public ObjectNode updateSession(@Context Caller caller, @Dto("SessionDto") ObjectNode body) {
        String appId = AppEvents.required(body, "appId");
        String id = AppEvents.required(body, "sessionId");
        caller.require(Access.SESSION_OWN, appId);
        ObjectNode session = sessions.get(appId, id);
        if (session == null || !isVisible(caller, session)) {
            throw notFound();
        }
        JsonNode createdAt = session.path("createdAt");
        session.setAll(body);
        session.set("createdAt", createdAt);
        if (!caller.may(Access.SESSION_SESSION, appId)) {
            session.put("userId", caller.userId());
        }
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
    @Needs(Access.SESSION_OWN)
    @Dto("SessionDto")
    public ObjectNode readSession(
            @Context Caller caller, @PathParam("sessionId") String sessionId) {
        ObjectNode session =
                sessions.find(sessionId, appId -> caller.may(Access.SESSION_OWN, appId));
        if (session == null || !isVisible(caller, session)) {
            throw notFound();
        }
        return session;
    }

    /// The latest of the caller's own sessions in an app.
    @GET
    @Path("user/{appId}")
    @Needs(Access.SESSION_OWN)
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
    @Needs(Access.SESSION_OWN)
    public List<ObjectNode> searchSessions(
            @Context Caller caller, @PathParam("appId") String appId, ObjectNode filter) {
        return sessions.of(appId).stream()
                .filter(session -> isVisible(caller, session))
                .filter(session -> Records.matches(session, filter, SEARCHED))
                .toList();
    }

    /// Ends a session; the screens that show it are cleared.
    @DELETE
    @Path("{sessionId}")
    @Needs(Access.SESSION_OWN)
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

    private static boolean isVisible(Caller caller, ObjectNode session) {
        return caller.may(Access.SESSION_SESSION, session.path("appId").asText())
                || (!caller.userId().isEmpty()
                        && caller.userId().equals(session.path("userId").asText()));
    }

    /// The first session of a login is called like the login, unless it is said otherwise: that is
    /// the one whose changes a visitor may listen to.
    private void own(Caller caller, ObjectNode session) {
        session.put("userId", caller.userId());
        String login = caller.claim("sid");
        if (!session.hasNonNull("sessionId")
                && !login.isEmpty()
                && sessions.get(session.path("appId").asText(), login) == null) {
            session.put("sessionId", login);
        }
    }

    private static Refused notFound() {
        return Refused.notFound("session not found");
    }

    private void publish(AppEvents.Operation operation, ObjectNode session, String id) {
        events.publish(events.changed(operation, session), "session", "session", "changed", id);
    }
}
