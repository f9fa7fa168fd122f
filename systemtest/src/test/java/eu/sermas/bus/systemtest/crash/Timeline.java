package eu.sermas.bus.systemtest.crash;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// When the bus was killed and when it answered again, and how to say so.
final class Timeline {

    private final long begin;
    private final List<Event.Killed> kills;
    private final List<Event.Restarted> restarts;

    Timeline(List<Event> events) {
        begin = events.isEmpty() ? 0 : events.getFirst().at();
        kills = only(events, Event.Killed.class);
        restarts = only(events, Event.Restarted.class);
    }

    private static <E extends Event> List<E> only(List<Event> events, Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    OptionalLong firstKillAfter(long at) {
        return kills.stream().mapToLong(Event.Killed::at).filter(kill -> kill > at).findFirst();
    }

    OptionalLong firstRestartAfter(long at) {
        return restarts.stream().mapToLong(Event.Restarted::at).filter(t -> t > at).findFirst();
    }

    /// Such as `3.250 s (0.400 s after kill 2, 0.950 s before kill 3)`.
    String tell(long at) {
        var before = kills.stream().filter(kill -> kill.at() <= at).toList();
        var text = new StringBuilder(seconds(at - begin)).append(" (");
        if (before.isEmpty()) {
            text.append("before any kill");
        } else {
            var last = before.getLast();
            text.append(seconds(at - last.at())).append(" after kill ").append(last.number());
        }
        if (before.size() < kills.size()) {
            var next = kills.get(before.size());
            text.append(", ").append(seconds(next.at() - at));
            text.append(" before kill ").append(next.number());
        }
        return text.append(")").toString();
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.3f s", nanos / (double) TimeUnit.SECONDS.toNanos(1));
    }
}
