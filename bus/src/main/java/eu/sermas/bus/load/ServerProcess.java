package eu.sermas.bus.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// What the operating system knows of the broker's process, where it is told which.
///
/// @param pid empty for none
record ServerProcess(OptionalLong pid) {

    boolean isKnown() {
        return pid.isPresent();
    }

    /// CPU seconds since its start; 0 where nothing is known.
    double cpuSeconds() {
        return pid.isPresent() ? cpuSeconds(pid.getAsLong()) : 0;
    }

    /// CPU seconds of this process.
    static double ownCpuSeconds() {
        return cpuSeconds(ProcessHandle.current().pid());
    }

    private static double cpuSeconds(long process) {
        return ProcessHandle.of(process)
                        .flatMap(handle -> handle.info().totalCpuDuration())
                        .orElse(Duration.ZERO)
                        .toNanos()
                / 1e9;
    }

    /// Resident memory in bytes; 0 where nothing is known, as it is outside of Linux.
    long residentBytes() {
        if (pid.isEmpty()) {
            return 0;
        }
        try (Stream<String> lines =
                Files.lines(Path.of("/proc", Long.toString(pid.getAsLong()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException _) {
            return 0;
        }
    }
}
