package eu.sermas.bus.store.rocksdb;

import java.util.List;
import java.util.Locale;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/// What went wrong on the disk, in one line for an operator.
final class Reasons {

    /// What the operating system says, wherever RocksDB or Java put it between paths and numbers.
    private static final List<String> KNOWN =
            List.of(
                    "no space left on device",
                    "disk quota exceeded",
                    "read-only file system",
                    "input/output error",
                    "permission denied",
                    "too many open files");

    private Reasons() {}

    static String of(Exception e) {
        String message = String.valueOf(e.getMessage());
        String lower = message.toLowerCase(Locale.ROOT);
        for (String known : KNOWN) {
            if (lower.contains(known)) {
                return known;
            }
        }
        return isOutOfSpace(e) ? KNOWN.getFirst() : firstLine(message);
    }

    private static boolean isOutOfSpace(Exception e) {
        if (!(e instanceof RocksDBException problem)) {
            return false;
        }
        Status status = problem.getStatus();
        return status != null && status.getSubCode() == Status.SubCode.NoSpace;
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("unknown");
    }
}
