package eu.sermas.bus.broker;

import java.lang.management.ManagementFactory;

/// The heap of this process, for tests that are alone in it: those tagged `heap`.
final class Heap {

    /// Less than this is no garbage of the test.
    private static final long NOISE = 64 * 1024;

    private Heap() {}

    /// Bytes that are in use. It is collected until no more comes free, as some of what dies takes
    /// others along one collection later.
    static long used() {
        long before;
        long used = Long.MAX_VALUE;
        do {
            before = used;
            System.gc();
            used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        } while (used < before - NOISE);
        return Math.min(used, before);
    }
}
