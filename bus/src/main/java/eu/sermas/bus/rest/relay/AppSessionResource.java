package eu.sermas.bus.rest.relay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.Dto;
import eu.sermas.bus.rest.http.Refused;
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

    /// What nobody changes in a session that is there.
    private static final List<String> MADE = List.of("createdAt");

    /// What only an administrator changes.
    private static final List<String> KEPT = List.of("createdAt", "userId", "clientId");

    private final AppEvents events;
    private final AppRecords records;

    public AppSessionResource(AppEvents events, AppRecords records) {
        this.events = events;
        this.records = records;
    }

    /// Creates, or replaces the one of this `sessionId`.
    @POST
    @Needs(Access.SESSION_OWN)
    @Dto("SessionDto")
    public ObjectNode createSession(@Context Caller caller, @Dto("SessionDto") ObjectNode body) {
        ObjectNode session = events.checked(caller, Access.SESSION_OWN, body);
        String appId = session.path("appId").asText();
        AppRecords.OfApp app = records.of(caller, Access.SESSION_OWN, appId);
        if (!caller.may(Access.SESSION_SESSION, appId)) {
            own(caller, app, session);
        }
        String id = AppRecords.identify(session, "sessionId");
        AppRecords.Found known = app.get(AppRecords.Kind.SESSION, id);
        if (known != null && !isVisible(caller, known)) {
            throw Refused.forbidden(Rule.OTHER_USER, "session of another user");
        }
        session.put("createdAt", events.now());
        if (known != null) {
            keep(caller, session, known.value());
        }
        return save(caller, app, session, id);
    }

    /// Changes the fields that the body names, but for whose session it is and since when.
    @PUT
    @Needs(Access.SESSION_OWN)
    @Dto("SessionDto")
    public ObjectNode updateSession(@Context Caller caller, @Dto("SessionDto") ObjectNode body) {
        String appId = AppEvents.required(body, "appId");
        String id = AppEvents.required(body, "sessionId");
        AppRecords.OfApp app = records.of(caller, Access.SESSION_OWN, appId);
        AppRecords.Found known = app.get(AppRecords.Kind.SESSION, id);
        if (known == null || !isVisible(caller, known)) {
            throw notFound();
        }
        ObjectNode session = known.value();
        session.setAll(body);
        keep(caller, session, known.value());
        return save(caller, app, session, id);
    }

    private static void keep(Caller caller, ObjectNode session, ObjectNode before) {
        for (String field : caller.principal().isPlatformAdmin() ? MADE : KEPT) {
            session.remove(field);
            if (before.has(field)) {
                session.set(field, before.get(field));
            }
        }
    }

    private ObjectNode save(Caller caller, AppRecords.OfApp app, ObjectNode session, String id) {
        session.put("modifiedAt", events.now());
        AppRecords.Change change = app.put(caller, AppRecords.Kind.SESSION, id, session);
        change.tell(() -> tell(caller, change.operation(), session, id));
        return session;
    }

    @GET
    @Path("{sessionId}")
    @Needs(Access.SESSION_OWN)
    @Dto("SessionDto")
    public ObjectNode readSession(
            @Context Caller caller, @PathParam("sessionId") String sessionId) {
        return visible(caller, with(caller, sessionId), sessionId);
    }

    private AppRecords.OfApp with(Caller caller, String sessionId) {
        AppRecords.OfApp app =
                records.with(caller, Access.SESSION_OWN, AppRecords.Kind.SESSION, sessionId);
        if (app == null) {
            throw notFound();
        }
        return app;
    }

    private static ObjectNode visible(Caller caller, AppRecords.OfApp app, String sessionId) {
        AppRecords.Found session = app.get(AppRecords.Kind.SESSION, sessionId);
        if (session == null || !isVisible(caller, session)) {
            throw notFound();
        }
        return session.value();
    }

    /// The latest of the caller's own sessions in an app.
    @GET
    @Path("user/{appId}")
    @Needs(Access.SESSION_OWN)
    @Dto("SessionDto")
    public ObjectNode readSessionOfUser(@Context Caller caller, @PathParam("appId") String appId) {
        String userId = caller.userId();
        return records
                .of(caller, Access.SESSION_OWN, appId)
                .all(
                        AppRecords.Kind.SESSION,
                        one -> !userId.isEmpty() && userId.equals(one.field("userId")))
                .stream()
                .max(Comparator.comparing(one -> one.field("modifiedAt")))
                .orElseThrow(AppSessionResource::notFound)
                .value();
    }

    /// The sessions of an app whose fields are those of the body, as far as it names any.
    @POST
    @Path("search/{appId}")
    @Needs(Access.SESSION_OWN)
    public List<JsonNode> searchSessions(
            @Context Caller caller, @PathParam("appId") String appId, ObjectNode filter) {
        return records.of(caller, Access.SESSION_OWN, appId)
                .search(
                        AppRecords.Kind.SESSION,
                        filter,
                        SEARCHED,
                        session -> isVisible(caller, session));
    }

    /// Ends a session; the screens that show it are cleared.
    @DELETE
    @Path("{sessionId}")
    @Needs(Access.SESSION_OWN)
    public void removeSession(@Context Caller caller, @PathParam("sessionId") String sessionId) {
        AppRecords.OfApp app = with(caller, sessionId);
        ObjectNode session = visible(caller, app, sessionId);
        AppRecords.Change change = app.remove(AppRecords.Kind.SESSION, sessionId);
        if (change == null) {
            return;
        }
        session.put("closedAt", events.now());
        change.tell(() -> tell(caller, AppEvents.Operation.DELETED, session, sessionId));
        ObjectNode clear = JsonNodeFactory.instance.objectNode();
        for (String field : new String[] {"appId", "clientId", "userId", "sessionId"}) {
            if (session.has(field)) {
                clear.set(field, session.get(field));
            }
        }
        clear.put("ts", events.now()).put("contentType", "clear-screen").putObject("content");
        events.tell(caller, clear, "ui", "content");
    }

    private static boolean isVisible(Caller caller, AppRecords.Found session) {
        return caller.may(Access.SESSION_SESSION, session.appId())
                || (!caller.userId().isEmpty() && caller.userId().equals(session.field("userId")));
    }

    /// The first session of a login is called like the login, unless it is said otherwise: that is
    /// the one whose changes a visitor may listen to.
    private static void own(Caller caller, AppRecords.OfApp app, ObjectNode session) {
        session.put("userId", caller.userId());
        String login = caller.claim("sid");
        if (!session.hasNonNull("sessionId")
                && !login.isEmpty()
                && app.get(AppRecords.Kind.SESSION, login) == null) {
            session.put("sessionId", login);
        }
    }

    private static Refused notFound() {
        return Refused.notFound("session not found");
    }

    private void tell(Caller caller, AppEvents.Operation operation, ObjectNode session, String id) {
        ObjectNode event = events.changed(caller, operation, session);
        events.tell(caller, event, "session", "session", "changed", id);
    }
}
