package eu.sermas.bus.rest.caller;

import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.rest.http.EventLog;
import eu.sermas.bus.rest.http.EventStream;
import eu.sermas.bus.rest.http.RestRequest;
import eu.sermas.bus.time.BusClock;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The streams that are open, and who may have more. Every stream ends when the process stops, and
/// when the resource that opened it says so.
public final class EventStreams {

    private final StreamLimits limits;
    private final BusClock clock;
    private final Shares bytes;
    private final int guaranteedApps;
    private final Places places;
    private volatile boolean stopping;

    /// @param guaranteedApps how many apps have a share of places and bytes that is theirs
    public EventStreams(StreamLimits limits, int guaranteedApps, BusClock clock) {
        this.limits = limits;
        this.guaranteedApps = guaranteedApps;
        this.clock = clock;
        bytes = new Shares(limits.maxBytesOfAll(), guaranteedApps);
        places = places("event streams");
    }

    /// As many places of another kind.
    public final Places places(String what) {
        return places(what, limits.maxOfAll());
    }

    /// The same, but for no more of them than this.
    public Places places(String what, int most) {
        return new Places(
                what,
                Math.min(limits.maxPerPrincipal(), most),
                new Shares(Math.min(limits.maxOfAll(), most), guaranteedApps));
    }

    /// What all logs together may hold.
    public Shares bytes() {
        return bytes;
    }

    public StreamLimits limits() {
        return limits;
    }

    /// A stream of a log that many read: the denials of an app, say. With a `Last-Event-ID` it goes
    /// on behind that event, without one it begins with the oldest that is there. It ends with the
    /// caller's token.
    ///
    /// @param obstacle why the caller may read it no more, or null; see [EventStream]
    /// @throws Refused 429 or 503 where there are too many
    public EventStream open(Caller caller, EventLog log, Supplier<@Nullable String> obstacle) {
        String name = RestRequest.current().lastEventId();
        long asked = name == null ? log.lost() : log.numberIn(name);
        long position = Math.max(asked, log.lost());
        String gap =
                asked < log.lost()
                        ? "events since the last one that was read are not here any more"
                        : null;
        long end = clock.deadline(caller.login().expiresAt());
        return open(caller, log, position, gap, () -> expired(end, obstacle), () -> {});
    }

    public EventStream open(
            Caller caller,
            EventLog log,
            long position,
            @Nullable String gap,
            Supplier<@Nullable String> obstacle,
            Runnable closed) {
        Places.Place place = places.take(caller);
        AtomicBoolean open = new AtomicBoolean(true);
        return new EventStream(
                log,
                position,
                gap,
                () -> stopping ? "the server is shutting down" : obstacle.get(),
                () -> {
                    if (open.getAndSet(false)) {
                        place.close();
                        closed.run();
                    }
                });
    }

    private @Nullable String expired(long end, Supplier<@Nullable String> obstacle) {
        return clock.now() >= end ? "token expired" : obstacle.get();
    }

    /// Ends every stream within a second, with the reason.
    public void stop() {
        stopping = true;
    }

    public boolean isStopping() {
        return stopping;
    }
}
