package eu.sermas.bus.audit;

import eu.sermas.bus.access.Denial;
import eu.sermas.bus.budget.Share;
import eu.sermas.bus.budget.Shares;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The refusals of each app, put together: the first of a kind is told at once, those that follow
/// within a window as one when it ends, with their number. What is told and what is kept is bounded
/// for each app by itself, in number and in its share of the bytes, so that nobody drowns the
/// refusals of another.
///
/// Not safe for several threads by itself.
final class DenialLog {

    static final long WINDOW_MILLIS = 10_000;
    static final int MAX_KINDS = 100;
    static final int MAX_RECENT = 200;
    static final int MAX_APPS = 500;

    /// What is refused in the same way.
    private record Kind(Denial.Action action, String principal, String client, String reason) {

        static Kind of(Denial denial) {
            return new Kind(denial.action(), denial.principal(), denial.client(), denial.reason());
        }
    }

    /// A kind that has been told lately.
    private static final class Window {
        private final Denial first;
        private final int cost;
        private long start;
        private long since;
        private long latest;
        private long count;

        Window(Denial first, int cost, long now) {
            this.first = first;
            this.cost = cost;
            this.start = now;
        }

        void add(int more, long now) {
            since = count == 0 ? now : since;
            latest = now;
            count += more;
        }

        /// @return what has come since the last time, or null
        @Nullable Denied next(long now) {
            Denied denied = count == 0 ? null : Denied.of(first, count, since, latest);
            start = now;
            count = 0;
            return denied;
        }
    }

    private static final class AppDenials {
        private final Map<Kind, Window> windows = new HashMap<>();
        private final ArrayDeque<Denied> recent = new ArrayDeque<>();
        private final Share share;
        private long omitted;

        AppDenials(Share share) {
            this.share = share;
        }

        /// Lets go of the oldest to make room, as far as there are any.
        boolean take(int cost) {
            while (!share.take(cost)) {
                if (recent.isEmpty()) {
                    return false;
                }
                dropOldest();
            }
            return true;
        }

        void dropOldest() {
            share.giveBack(recent.removeFirst().cost());
        }

        void close() {
            recent.forEach(denied -> share.giveBack(denied.cost()));
            windows.values().forEach(window -> share.giveBack(window.cost));
            share.close();
        }
    }

    private final Shares shares;

    /// By app; those of no app under the empty name. The one that was asked for longest ago goes
    /// first.
    private final Map<String, AppDenials> apps =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, AppDenials> eldest) {
                    boolean tooMany = size() > MAX_APPS;
                    if (tooMany) {
                        eldest.getValue().close();
                    }
                    return tooMany;
                }
            };

    /// @param shares of the bytes
    DenialLog(Shares shares) {
        this.shares = shares;
    }

    /// @return what is to be told now, or null
    @Nullable Denied add(Denial denial, long now) {
        String appId = denial.appId();
        AppDenials app =
                apps.computeIfAbsent(
                        appId == null ? "" : appId, name -> new AppDenials(shares.open(name)));
        Kind kind = Kind.of(denial);
        Window window = app.windows.get(kind);
        if (window != null) {
            window.add(denial.count(), now);
            return null;
        }
        Denied told = Denied.of(denial, denial.count(), now, now);
        if (app.windows.size() >= MAX_KINDS || !app.take(told.cost())) {
            app.omitted += denial.count();
            return null;
        }
        app.windows.put(kind, new Window(denial, told.cost(), now));
        return remember(app, told);
    }

    /// @return what is to be told because its window has ended
    List<Denied> sweep(long now) {
        List<Denied> told = new ArrayList<>();
        for (AppDenials app : apps.values()) {
            Iterator<Window> windows = app.windows.values().iterator();
            while (windows.hasNext()) {
                Window window = windows.next();
                if (now - window.start < WINDOW_MILLIS) {
                    continue;
                }
                Denied denied = window.next(now);
                if (denied == null) {
                    app.share.giveBack(window.cost);
                    windows.remove();
                } else {
                    told.add(remember(app, denied));
                }
            }
        }
        return told;
    }

    private static Denied remember(AppDenials app, Denied denied) {
        if (app.recent.size() == MAX_RECENT) {
            app.dropOldest();
        }
        if (app.take(denied.cost())) {
            app.recent.addLast(denied);
        }
        return denied;
    }

    /// Whether there is a window that will end.
    boolean isOpen() {
        return apps.values().stream().anyMatch(app -> !app.windows.isEmpty());
    }

    /// The latest of an app, oldest first.
    List<Denied> recent(String appId) {
        AppDenials app = apps.get(appId);
        return app == null ? List.of() : List.copyOf(app.recent);
    }

    void forget(String appId) {
        AppDenials app = apps.remove(appId);
        if (app != null) {
            app.close();
        }
    }

    /// How many refusals of an app were only counted, being of too many kinds at once.
    long omitted(String appId) {
        AppDenials app = apps.get(appId);
        return app == null ? 0 : app.omitted;
    }
}
