package eu.sermas.bus.load;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.Predicate;

/// The time of a run: waits, shows a line a second meanwhile, and ends early when it is told to.
final class Watch {

    private static final long SECOND = 1_000_000_000L;
    private static final int POLL_MILLIS = 2;

    private final Crew crew;
    private final PrintWriter out;
    private final long start = System.nanoTime();
    private volatile boolean stopped;
    private String phase = "";
    private Tally shown;

    /// @param out for the progress
    Watch(Crew crew, PrintWriter out) {
        this.crew = crew;
        this.out = out;
        this.shown = crew.tally();
    }

    /// From any thread: every wait ends now.
    void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    void phase(String name) {
        phase = name;
    }

    void sleep(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (!stopped && System.nanoTime() < end) {
            pause(Math.min(50, Math.max(1, (end - System.nanoTime()) / 1_000_000)));
            if (System.nanoTime() - shown.readAt() >= SECOND) {
                show(crew.tally());
            }
        }
    }

    /// Waits until it is so.
    ///
    /// @param patience how long nothing at all may move
    /// @return the counts at the end, whether it is so then or not
    Tally until(Predicate<Tally> done, Duration patience) {
        Tally last = crew.tally();
        Tally moved = last;
        while (!stopped && !done.test(last)) {
            if (last.readAt() - moved.readAt() > patience.toNanos()) {
                return last;
            }
            pause(POLL_MILLIS);
            last = crew.tally();
            if (movement(last) != movement(moved)) {
                moved = last;
            }
            if (last.readAt() - shown.readAt() >= SECOND) {
                show(last);
            }
        }
        return last;
    }

    private static long movement(Tally tally) {
        return tally.get(Figure.SENT)
                + tally.get(Figure.RECEIVED)
                + tally.get(Figure.ACKNOWLEDGED)
                + tally.get(Figure.CONNECTED)
                + tally.get(Figure.READY);
    }

    private void show(Tally now) {
        double seconds = now.secondsSince(shown);
        out.printf(
                "%4d s  %-9s %,7d clients %,11.0f sent/s %,11.0f received/s%n",
                (now.readAt() - start) / SECOND,
                phase,
                now.get(Figure.READY),
                now.since(shown, Figure.SENT) / seconds,
                now.since(shown, Figure.RECEIVED) / seconds);
        out.flush();
        shown = now;
    }

    private void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException _) {
            stopped = true;
            Thread.currentThread().interrupt();
        }
    }
}
