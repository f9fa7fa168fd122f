package eu.sermas.bus.rest.operation;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.sermas.bus.audit.DenialFeed;
import eu.sermas.bus.audit.Denied;
import eu.sermas.bus.broker.live.SessionDetails;
import eu.sermas.bus.broker.live.SessionQuery;
import eu.sermas.bus.broker.live.SessionRow;
import eu.sermas.bus.metrics.Traffic;
import eu.sermas.bus.packet.Printable;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Will;
import eu.sermas.bus.session.Held;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Sessions as callers of REST see them. Made for one request: the latest refusals of an app are
/// looked up once for all of its sessions.
final class SessionViews {

    /// As refusals have it.
    private static final int SHOWN_IN_REFUSALS = 200;

    /// @param bytes what they cost
    record Amount(int messages, long bytes) {}

    /// @param messages PUBLISH packets of this connection
    /// @param bytes of all packets
    record Flow(long messages, long bytes, double messagesPerSecond, double bytesPerSecond) {

        static Flow of(Traffic.Flow flow) {
            return new Flow(
                    flow.messages(),
                    flow.bytes(),
                    rounded(flow.messagesPerSecond()),
                    rounded(flow.bytesPerSecond()));
        }

        private static double rounded(double rate) {
            return Math.round(rate * 10) / 10.0;
        }
    }

    /// The latest, see [Denied].
    record Refusal(String action, String topic, String rule, String reason, long count, String ts) {

        static Refusal of(Denied denied) {
            return new Refusal(
                    denied.action(),
                    denied.topic(),
                    denied.rule(),
                    denied.reason(),
                    denied.count(),
                    denied.ts());
        }
    }

    /// @param id for the paths of one session, until it or the process ends
    /// @param apps whose rights it has
    /// @param since when the client connected, or went away
    /// @param expires when a session without a client ends; absent for never
    /// @param transport `tcp`, `tls`, `ws`, `wss`, or `http` for a caller of REST
    /// @param keepAlive seconds, 0 for none
    /// @param sessionExpiry seconds
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Row(
            String id,
            String principal,
            TreeSet<String> apps,
            String clientId,
            boolean connected,
            String since,
            @Nullable String expires,
            @Nullable String address,
            @Nullable Integer port,
            @Nullable String transport,
            @Nullable String version,
            @Nullable Long keepAlive,
            long sessionExpiry,
            int subscriptions,
            Amount queue,
            Amount inFlight,
            @Nullable Flow received,
            @Nullable Flow sent,
            @Nullable String tokenExpires,
            @Nullable Refusal lastRefusal) {}

    /// @param identifier the Subscription Identifier
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Filter(
            String filter,
            int qos,
            boolean noLocal,
            boolean retainAsPublished,
            @Nullable Integer identifier) {

        static Filter of(Held held) {
            Subscription subscription = held.subscription();
            return new Filter(
                    subscription.filter().text(),
                    subscription.qos().value(),
                    subscription.noLocal(),
                    subscription.retainAsPublished(),
                    held.identifier() == 0 ? null : held.identifier());
        }
    }

    /// @param free messages of QoS 1 and 2 that the client takes more now
    /// @param unreleased messages of QoS 2 from the client that are not released
    record Window(int free, int unreleased) {}

    /// @param delay seconds
    record LastWill(String topic, int qos, boolean retain, long delay) {

        static LastWill of(Will will) {
            return new LastWill(
                    will.topic().name(), will.qos().value(), will.retain(), will.delaySeconds());
        }
    }

    /// @param filters the first 1,000
    /// @param queueLimits beyond which nothing more waits
    /// @param memory bytes of the session by itself
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Details(
            Row session,
            List<Filter> filters,
            Window window,
            Amount queueLimits,
            @Nullable LastWill will,
            long memory) {}

    private final DenialFeed denials;
    private final Map<String, List<Denied>> recent = new HashMap<>();

    SessionViews(DenialFeed denials) {
        this.denials = denials;
    }

    Row row(SessionRow session) {
        SessionRow.Connected connection = session.connection();
        Denied refusal = lastRefusal(session);
        return new Row(
                session.id().toString(),
                session.principalId(),
                new TreeSet<>(session.appIds()),
                cut(session.clientId()),
                connection != null,
                String.valueOf(time(session.since())),
                time(session.expiresAt()),
                connection == null ? null : connection.address(),
                connection == null || connection.port() == 0 ? null : connection.port(),
                connection == null ? null : connection.transport(),
                connection == null ? null : connection.version(),
                connection == null ? null : connection.keepAlive(),
                session.expiry(),
                session.subscriptions(),
                new Amount(session.queued(), session.queuedBytes()),
                new Amount(session.inFlight(), session.inFlightBytes()),
                connection == null ? null : Flow.of(connection.received()),
                connection == null ? null : Flow.of(connection.sent()),
                connection == null ? null : time(connection.loginEnds()),
                refusal == null ? null : Refusal.of(refusal));
    }

    Details details(SessionDetails details) {
        Will will = details.will();
        return new Details(
                row(details.row()),
                details.subscriptions().stream().map(Filter::of).toList(),
                new Window(details.sendQuota(), details.unreleased()),
                new Amount(details.maxQueued(), details.maxQueuedBytes()),
                will == null ? null : LastWill.of(will),
                details.memory());
    }

    static String cut(String clientId) {
        return clientId.length() <= SessionQuery.SHOWN
                ? clientId
                : clientId.substring(0, SessionQuery.SHOWN);
    }

    /// @return null for never
    static @Nullable String time(long millis) {
        return millis == Long.MAX_VALUE ? null : Instant.ofEpochMilli(millis).toString();
    }

    /// The latest of those that are remembered of its app.
    private @Nullable Denied lastRefusal(SessionRow session) {
        if (session.appIds().size() != 1) {
            return null;
        }
        String appId = session.appIds().iterator().next();
        String client = Printable.of(session.clientId(), SHOWN_IN_REFUSALS);
        return recent.computeIfAbsent(appId, denials::recent).reversed().stream()
                .filter(denied -> denied.principal().equals(session.principalId()))
                .filter(denied -> denied.client().equals(client))
                .findFirst()
                .orElse(null);
    }
}
