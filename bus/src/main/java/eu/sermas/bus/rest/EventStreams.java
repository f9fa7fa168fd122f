package eu.sermas.bus.rest;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The streams that are open, and who may have more. Every stream ends when the process stops, and
/// when the resource that opened it says so.
final class EventStreams {

    private final StreamLimits limits;
    private final InstantSource clock;
    private final Places places;
    private volatile boolean stopping;

    EventStreams(StreamLimits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
        places = new Places("event streams", limits.maxPerPrincipal(), limits.maxOfAll());
    }

    StreamLimits limits() {
        return limits;
    }

    /// A stream of a log that many read: the denials of an app, say. With a `Last-Event-ID` it goes
    /// on behind that event, without one it begins with the oldest that is there. It ends with the
    /// caller's token.
    ///
    /// @param obstacle why the caller may read it no more, or null; see [EventStream]
    /// @throws Refused 429 or 503 where there are too many
    EventStream open(Caller caller, EventLog log, Supplier<@Nullable String> obstacle) {
        String name = RestRequest.current().lastEventId();
        long asked = name == null ? log.lost() : log.numberIn(name);
        long position = Math.max(asked, log.lost());
        String gap =
                asked < log.lost()
                        ? "events since the last one that was read are not here any more"
                        : null;
        long expiresAt = caller.token().login().expiresAt();
        return open(caller, log, position, gap, () -> expired(expiresAt, obstacle), () -> {});
    }

    EventStream open(
            Caller caller,
            EventLog log,
            long position,
            @Nullable String gap,
            Supplier<@Nullable String> obstacle,
            Runnable closed) {
        String principal = caller.principal().id();
        places.take(principal);
        AtomicBoolean open = new AtomicBoolean(true);
        return new EventStream(
                log,
                position,
                gap,
                () -> stopping ? "the server is shutting down" : obstacle.get(),
                () -> {
                    if (open.getAndSet(false)) {
                        places.leave(principal);
                        closed.run();
                    }
                });
    }

    private @Nullable String expired(long expiresAt, Supplier<@Nullable String> obstacle) {
        return clock.millis() >= expiresAt ? "token expired" : obstacle.get();
    }

    /// Ends every stream within a second, with the reason.
    void stop() {
        stopping = true;
    }

    boolean isStopping() {
        return stopping;
    }
}
