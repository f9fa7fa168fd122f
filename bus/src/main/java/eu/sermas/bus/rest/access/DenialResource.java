package eu.sermas.bus.rest.access;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.audit.DenialFeed;
import eu.sermas.bus.audit.Denied;
import eu.sermas.bus.identity.Registry;
import eu.sermas.bus.identity.Revocations;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.EventStreams;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.EventLog;
import eu.sermas.bus.rest.http.Refused;
import eu.sermas.bus.rest.http.RestRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What was refused in an app lately, for its owner; and what is being refused, as server-sent
/// events, for who asks for `text/event-stream`.
@Path("api/app/{appId}/denials")
public final class DenialResource {

    /// @param denials the latest, oldest first
    /// @param omitted refusals that were of too many kinds at once to be told apart
    record Denials(String appId, List<Denied> denials, long omitted) {}

    private static final int MAX_EVENTS = 200;
    private static final long MAX_BYTES = 256 * 1024;

    private final DenialFeed feed;
    private final Registry registry;
    private final Revocations revocations;
    private final EventStreams streams;

    /// Of the apps that somebody has read as a stream.
    private final Map<String, EventLog> logs = new ConcurrentHashMap<>();

    public DenialResource(
            DenialFeed feed, Registry registry, Revocations revocations, EventStreams streams) {
        this.feed = feed;
        this.registry = registry;
        this.revocations = revocations;
        this.streams = streams;
        feed.listen(this::add);
    }

    @GET
    @Needs(Access.ACCESS_DENIED)
    public Object recent(@Context Caller caller, @PathParam("appId") String appId) {
        if (registry.app(appId).isEmpty()) {
            throw Refused.notFound("app not found");
        }
        if (!RestRequest.current().wantsEventStream()) {
            return new Denials(appId, feed.recent(appId), feed.omitted(appId));
        }
        EventLog log = logOf(appId);
        return streams.open(caller, log, () -> obstacle(caller, appId));
    }

    /// A stream begins with what is remembered. What is refused while it is filled may come twice.
    private EventLog logOf(String appId) {
        EventLog known = logs.get(appId);
        if (known != null) {
            return known;
        }
        EventLog made = new EventLog(MAX_EVENTS, MAX_BYTES, streams.bytes().open(appId));
        EventLog first = logs.putIfAbsent(appId, made);
        if (first != null) {
            made.discard("another one was first");
            return first;
        }
        feed.recent(appId).forEach(denied -> add(made, denied));
        return made;
    }

    /// Nothing that was refused in an app until now is told any more.
    public void forget(String appId) {
        feed.forget(appId);
        EventLog log = logs.remove(appId);
        if (log != null) {
            log.discard("app deleted");
        }
    }

    private void add(Denied denied) {
        EventLog log = denied.appId() == null ? null : logs.get(denied.appId());
        if (log != null) {
            add(log, denied);
        }
    }

    private static void add(EventLog log, Denied denied) {
        log.add("denied", denied, denied.cost());
    }

    private @Nullable String obstacle(Caller caller, String appId) {
        String revoked = revocations.refusalOf(caller.login().credential());
        if (revoked != null) {
            return revoked;
        }
        AccessRights now = caller.rights().now();
        return now == null
                ? "access withdrawn"
                : now.explainCall(
                                Access.ACCESS_DENIED.resource(),
                                Access.ACCESS_DENIED.scope(),
                                appId)
                        .reason();
    }
}
