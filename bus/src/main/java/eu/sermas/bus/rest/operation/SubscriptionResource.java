package eu.sermas.bus.rest.operation;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.sermas.bus.broker.Live;
import eu.sermas.bus.broker.live.Page;
import eu.sermas.bus.broker.live.Reached;
import eu.sermas.bus.broker.live.SessionId;
import eu.sermas.bus.broker.live.SessionQuery;
import eu.sermas.bus.broker.live.SessionRow;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.caller.Places;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Whom a message of a topic reaches now, among the sessions that the caller may see.
@Path("api/mqtt/subscription")
public final class SubscriptionResource {

    /// @param share the name of the shared subscription; one of its members gets each message
    /// @param qos that was granted
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Matching(String filter, @Nullable String share, int qos) {

        static Matching of(Reached.Matching matching) {
            return new Matching(
                    matching.filter().unshared(),
                    matching.filter().shareName(),
                    matching.qos().value());
        }
    }

    /// @param id for the paths of one session
    /// @param subscriptions how many of its filters match
    /// @param filters the first 100 of these
    record Receiver(
            String id,
            String principal,
            TreeSet<String> apps,
            String clientId,
            boolean connected,
            int subscriptions,
            List<Matching> filters) {

        static Receiver of(Reached reached) {
            SessionRow session = reached.session();
            return new Receiver(
                    session.id().toString(),
                    session.principalId(),
                    new TreeSet<>(session.appIds()),
                    SessionViews.cut(session.clientId()),
                    session.connection() != null,
                    reached.subscriptions(),
                    reached.matching().stream().map(Matching::of).toList());
        }
    }

    /// @param next the cursor of the next page; absent on the last one
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Receivers(String topic, List<Receiver> sessions, @Nullable String next) {}

    private final Live live;
    private final Places places;

    public SubscriptionResource(Live live, Places places) {
        this.live = live;
        this.places = places;
    }

    @GET
    @Needs(Access.TOKEN)
    public Receivers reachedByTopic(
            @Context Caller caller,
            @QueryParam("topic") @Nullable String topic,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        Topic asked = Names.topic(topic);
        SessionQuery query =
                new SessionQuery(null, null, null, null, null, null, Oversight.seeing(caller));
        SessionId after = Paging.cursor(cursor, SessionId::of);
        int most = Paging.limit(limit);
        try (Places.Place _ = places.take(caller)) {
            Page<Reached, SessionId> page = live.reached(asked, query, after, most);
            SessionId next = page.next();
            return new Receivers(
                    asked.name(),
                    page.items().stream().map(Receiver::of).toList(),
                    next == null ? null : next.toString());
        }
    }
}
