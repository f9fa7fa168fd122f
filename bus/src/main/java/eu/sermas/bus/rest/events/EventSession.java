package eu.sermas.bus.rest.events;

import eu.sermas.bus.broker.LocalClient;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.rest.caller.Places;
import eu.sermas.bus.rest.http.EventLog;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What one caller listens to over HTTP: subscriptions of a client inside of the broker, and the
/// events that came of them. It goes on for a while without a reader.
final class EventSession implements LocalClient.Listener {

    /// The first event of a session.
    ///
    /// @param clientId the MQTT client identifier, by which its token can be renewed
    record Opened(String clientId, List<String> filters) {}

    private final String principalId;
    private final List<TopicFilter> filters;
    private final EventLog log;
    private final Places.Place place;

    /// Counts the readers; only the latest is served.
    private final AtomicInteger reader = new AtomicInteger();

    private volatile @Nullable LocalClient client;
    private volatile boolean read;

    /// @param place is given up with the session
    EventSession(String principalId, List<TopicFilter> filters, EventLog log, Places.Place place) {
        this.place = place;
        this.principalId = principalId;
        this.filters = filters;
        this.log = log;
    }

    /// Subscribes.
    ///
    /// @throws Refused what the broker has against it
    void begin(LocalClient connected) {
        client = connected;
        List<String> names = filters.stream().map(TopicFilter::text).toList();
        log.add("open", new Opened(connected.clientId(), names), 0);
        LocalClients.require(LocalClients.await(connected.subscribe(filters)));
    }

    EventLog log() {
        return log;
    }

    /// The MQTT client identifier, or null before it has begun.
    @Nullable String clientId() {
        LocalClient connected = client;
        return connected == null ? null : connected.clientId();
    }

    boolean belongsTo(String principal) {
        return principalId.equals(principal);
    }

    boolean isFor(List<TopicFilter> asked) {
        return filters.equals(asked);
    }

    boolean isRead() {
        return read;
    }

    /// Another reader takes the place of the one before.
    ///
    /// @return what the reader is known by
    int arrive() {
        read = true;
        return reader.incrementAndGet();
    }

    /// @return false where another reader has come meanwhile
    boolean leave(int number) {
        boolean last = reader.get() == number;
        if (last) {
            read = false;
        }
        return last;
    }

    boolean isUnread(int since) {
        return !read && reader.get() == since;
    }

    @Nullable String obstacle(int number) {
        return reader.get() == number ? null : "another reader goes on with this stream";
    }

    void leavePlace() {
        place.close();
    }

    /// Nothing is heard any more, and nothing kept.
    void discard(String reason) {
        LocalClient connected = client;
        if (connected != null) {
            connected.close();
        }
        log.discard(reason);
    }

    @Override
    public void received(Message message, boolean retained) {
        MessageEvent event = new MessageEvent(message, retained);
        log.add("message", event, event.bytes());
    }

    @Override
    public void dropped(TopicFilter filter, String reason) {
        log.end("rights changed: " + filter.text() + ": " + reason);
        LocalClient connected = client;
        if (connected != null) {
            connected.close();
        }
    }

    @Override
    public void ended(ReasonCode reason, String reasonString) {
        log.end(reasonString);
    }
}
