package eu.sermas.bus.systemtest.crash;

import eu.sermas.bus.systemtest.BusProcess;
import eu.sermas.bus.systemtest.crash.FaultyDisk.Tail;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One run: traffic, kills at random moments, restarts on the same data, and the ledger at the end.
///
/// @param kills how often the bus is killed
/// @param seed of everything that is random here; what the machine does in between is not repeated
/// @param settings of the bus, each as for `--set`
/// @param tails what may become of unsynced bytes at a kill; none for kills without a power cut
record CrashRun(int kills, long seed, List<String> settings, List<Tail> tails) {

    /// How long a bus lives, in milliseconds, before it is killed.
    private static final int SHORTEST_LIFE = 150;

    private static final int LONGEST_LIFE = 1500;

    /// One of so many starts is not waited for: the kill comes while the bus reads its data.
    private static final int KILLED_WHILE_STARTING = 5;

    private static final int FINDINGS_SHOWN = 5;

    /// @param counts what there was of each event, to see that there was enough
    /// @param evidence where the data, the log and the history are, where something was found
    record Outcome(List<Finding> findings, Map<String, Long> counts, Path evidence) {

        long count(Class<? extends Event> event) {
            return counts.getOrDefault(event.getSimpleName(), 0L);
        }

        List<Finding> of(Finding.Rule rule) {
            return findings.stream().filter(finding -> finding.rule() == rule).toList();
        }

        @Override
        public String toString() {
            var text = new StringBuilder(counts.toString());
            for (var rule : Finding.Rule.values()) {
                var broken = of(rule);
                if (!broken.isEmpty()) {
                    text.append("\n%d times %s".formatted(broken.size(), rule));
                    broken.stream().limit(FINDINGS_SHOWN).forEach(f -> text.append("\n").append(f));
                }
            }
            if (!findings.isEmpty()) {
                text.append("\ndata, log and history are in ").append(evidence);
            }
            return text.toString();
        }
    }

    /// The seed is `-Dcrash.seed`, or another one each time.
    static CrashRun of(int kills, String... settings) {
        long seed = Long.getLong("crash.seed", System.nanoTime());
        return new CrashRun(kills, seed, List.of(settings), List.of());
    }

    CrashRun withPowerCuts(Tail... left) {
        return new CrashRun(kills, seed, settings, List.of(left));
    }

    Outcome play() {
        System.out.printf("%s%n", this);
        var history = new History();
        var random = new Random(seed);
        var builder =
                BusProcess.open()
                        .set("limits.queue.max-messages", 1_000_000)
                        .set("limits.connections-per-second", 1_000_000);
        settings.forEach(setting -> builder.flags("--set", setting));
        var disk = tails.isEmpty() ? null : new FaultyDisk(data(builder), builder.directory());
        if (disk != null) {
            disk.environment().forEach(builder::env);
        }
        try (var bus = builder.start();
                var traffic = new Traffic(bus.port(), history, random.nextLong())) {
            bus.keepFiles(true);
            try {
                traffic.start();
                for (int kill = 1; kill <= kills; kill++) {
                    Traffic.pause(Duration.ofMillis(random.nextInt(SHORTEST_LIFE, LONGEST_LIFE)));
                    traffic.killed();
                    kill(bus, disk, random, kill, history);
                }
                Traffic.pause(Duration.ofMillis(LONGEST_LIFE));
                traffic.finish();
            } finally {
                write(history, bus.directory());
            }
            var outcome = outcome(history.events(), bus.directory());
            bus.keepFiles(!outcome.findings.isEmpty());
            return outcome;
        }
    }

    private static Path data(BusProcess.Builder builder) {
        try {
            return Files.createDirectories(builder.directory().resolve("data"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Kills it, and starts it again, if only to be killed in the middle of that.
    private void kill(
            BusProcess bus, @Nullable FaultyDisk disk, Random random, int kill, History history) {
        history.note(new Event.Killed(System.nanoTime(), kill));
        bus.kill();
        cutPower(disk, random);
        if (random.nextInt(KILLED_WHILE_STARTING) == 0) {
            bus.relaunch();
            Traffic.pause(random, LONGEST_LIFE);
            bus.kill();
            cutPower(disk, random);
        }
        bus.start();
        history.note(new Event.Restarted(System.nanoTime(), kill));
    }

    private void cutPower(@Nullable FaultyDisk disk, Random random) {
        if (disk != null) {
            disk.cutPower(tails.get(random.nextInt(tails.size())), random);
        }
    }

    private static Outcome outcome(List<Event> events, Path directory) {
        var counts = new TreeMap<String, Long>();
        events.forEach(event -> counts.merge(event.getClass().getSimpleName(), 1L, Long::sum));
        var outcome = new Outcome(Ledger.check(events), counts, directory);
        System.out.println(outcome);
        return outcome;
    }

    private static void write(History history, Path directory) {
        try {
            var lines = history.events().stream().map(Event::toString).toList();
            Files.write(directory.resolve("history.txt"), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
