package eu.sermas.bus.rest.operation;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.audit.DenialFeed;
import eu.sermas.bus.broker.Live;
import eu.sermas.bus.broker.live.Page;
import eu.sermas.bus.broker.live.SessionDetails;
import eu.sermas.bus.broker.live.SessionId;
import eu.sermas.bus.broker.live.SessionQuery;
import eu.sermas.bus.broker.live.SessionRow;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.caller.Places;
import eu.sermas.bus.rest.http.Refused;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// Who is there: MQTT sessions with their connections, and what is done to one of them.
///
/// Everybody sees and ends those of their own; those of an app take the rights `access.live` and
/// `access.end` there. What somebody may not see is not there for them.
@Path("api/mqtt/session")
public final class SessionResource {

    private static final Set<String> TRANSPORTS = Set.of("tcp", "tls", "ws", "wss", "http");
    private static final int LONGEST_SEARCH = 200;
    private static final String ENDED = "ended over REST";

    /// @param next the cursor of the next page; absent on the last one
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record SessionPage(List<SessionViews.Row> sessions, @Nullable String next) {}

    private final BiFunction<Login, String, CompletionStage<Boolean>> renewal;
    private final Live live;
    private final DenialFeed denials;
    private final Places places;
    private final Deeds deeds;

    /// @param renewal puts a login in force on the connection of an MQTT client identifier; false
    ///   where its principal has no such connection
    /// @param places of those who ask for pages
    public SessionResource(
            BiFunction<Login, String, CompletionStage<Boolean>> renewal,
            Live live,
            DenialFeed denials,
            Places places,
            Deeds deeds) {
        this.renewal = renewal;
        this.live = live;
        this.denials = denials;
        this.places = places;
        this.deeds = deeds;
    }

    /// A page may be short although there is a next one: each looks at so many sessions at most.
    ///
    /// @param search a part of the principal or of the client identifier, in whatever case
    @GET
    @Needs(Access.TOKEN)
    public SessionPage sessions(
            @Context Caller caller,
            @QueryParam("appId") @Nullable String appId,
            @QueryParam("principal") @Nullable String principal,
            @QueryParam("clientId") @Nullable String clientId,
            @QueryParam("search") @Nullable String search,
            @QueryParam("connected") @Nullable String connected,
            @QueryParam("transport") @Nullable String transport,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        if (transport != null && !TRANSPORTS.contains(transport)) {
            throw Refused.badRequest("transport: expected tcp, tls, ws, wss or http");
        }
        if (search != null && search.length() > LONGEST_SEARCH) {
            throw Refused.badRequest("search: longer than " + LONGEST_SEARCH);
        }
        SessionQuery query =
                new SessionQuery(
                        appId,
                        principal,
                        clientId,
                        search == null ? null : search.toLowerCase(Locale.ROOT),
                        isConnected(connected),
                        transport,
                        Oversight.seeing(caller));
        SessionId after = Paging.cursor(cursor, SessionId::of);
        int most = Paging.limit(limit);
        try (Places.Place _ = places.take(caller)) {
            Page<SessionRow, SessionId> page = live.sessions(query, after, most);
            SessionViews views = new SessionViews(denials);
            SessionId next = page.next();
            return new SessionPage(
                    page.items().stream().map(views::row).toList(),
                    next == null ? null : next.toString());
        }
    }

    @GET
    @Path("{id}")
    @Needs(Access.TOKEN)
    public SessionViews.Details session(@Context Caller caller, @PathParam("id") String id) {
        return new SessionViews(denials).details(found(caller, id));
    }

    /// The session goes on as if the network had failed: its will is published, what comes waits.
    @DELETE
    @Path("{id}/connection")
    @Needs(Access.TOKEN)
    public void endConnection(@Context Caller caller, @PathParam("id") String id) {
        SessionRow session = ended(caller, id);
        if (!live.endConnection(session.id(), ReasonCode.ADMINISTRATIVE_ACTION, ENDED)) {
            throw Refused.notFound("client not connected");
        }
        deeds.connectionEnded(session);
    }

    /// With its connection, its subscriptions and all that waits.
    @DELETE
    @Path("{id}")
    @Needs(Access.TOKEN)
    public void endSession(@Context Caller caller, @PathParam("id") String id) {
        SessionRow session = ended(caller, id);
        if (!live.endSession(session.id(), ReasonCode.ADMINISTRATIVE_ACTION, ENDED)) {
            throw Refused.notFound("session not found");
        }
        deeds.sessionEnded(session);
    }

    private static @Nullable Boolean isConnected(@Nullable String text) {
        return switch (text) {
            case null -> null;
            case "true" -> true;
            case "false" -> false;
            default -> throw Refused.badRequest("connected: expected true or false");
        };
    }

    private SessionDetails found(Caller caller, String text) {
        SessionId id = SessionId.of(text);
        SessionDetails details = id == null ? null : live.session(id, Oversight.seeing(caller));
        if (details == null) {
            throw Refused.notFound("session not found");
        }
        return details;
    }

    private SessionRow ended(Caller caller, String text) {
        SessionRow session = found(caller, text).row();
        if (!Oversight.ending(caller).test(session.principalId(), session.appIds())) {
            throw Refused.forbidden(
                    Rule.MISSING_GRANT, "missing grant: access.end in every app of the principal");
        }
        return session;
    }

    /// The Bearer token takes the place of the one that the connection was made with; it has to be
    /// of the same principal.
    @POST
    @Path("{clientId}/token")
    @Needs(Access.TOKEN)
    public void renew(@Context Caller caller, @PathParam("clientId") String clientId) {
        boolean renewed = renewal.apply(caller.login(), clientId).toCompletableFuture().join();
        if (!renewed) {
            throw Refused.notFound("client not connected");
        }
    }
}
