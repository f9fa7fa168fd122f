package eu.sermas.bus.backup;

import java.io.PrintWriter;
import java.time.Duration;

/// Says now and then how far a long copy has come.
final class Progress {

    private static final long INTERVAL = Duration.ofSeconds(1).toNanos();
    private static final long MIB = 1024L * 1024;

    private final PrintWriter out;
    private final String what;
    private final long total;
    private long done;
    private long said = System.nanoTime();

    Progress(PrintWriter out, String what, long total) {
        this.out = out;
        this.what = what;
        this.total = total;
    }

    void add(long bytes) {
        done += bytes;
        if (System.nanoTime() - said >= INTERVAL) {
            said = System.nanoTime();
            out.printf("%s: %d of %d MiB%n", what, done / MIB, total / MIB);
            out.flush();
        }
    }
}
