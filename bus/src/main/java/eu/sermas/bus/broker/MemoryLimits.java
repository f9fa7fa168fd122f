package eu.sermas.bus.broker;

import eu.sermas.bus.budget.Shares;

/// How much of the heap each kind of content may take, in bytes, for all apps together.
///
/// @param held messages that wait for sessions, or are in flight to them
/// @param sessions the sessions themselves
/// @param retained retained messages
/// @param routes what is remembered of where messages go; who is not in there is looked for anew
/// @param disk what of the disk messages may take that are not in memory
/// @param guaranteedApps apps with a share of each that nobody else can take, see [Shares]
public record MemoryLimits(
        long held, long sessions, long retained, long routes, long disk, int guaranteedApps) {

    private static final int PARTS = 100;
    private static final long PLENTY = 1L << 50;
    private static final int REFERENCES_PART = 16;
    private static final int IN_TRANSIT_PART = 8;
    private static final long LEAST_IN_TRANSIT = 512 * 1024;
    private static final long MOST_IN_TRANSIT = 8 * 1024 * 1024;

    /// The usual parts of a heap of this size.
    public static MemoryLimits of(long heap) {
        long part = heap / PARTS;
        return new MemoryLimits(35 * part, 15 * part, 12 * part, 2 * part, 16);
    }

    /// With as much of the disk as there may be.
    public MemoryLimits(long held, long sessions, long retained, long routes, int guaranteedApps) {
        this(held, sessions, retained, routes, PLENTY, guaranteedApps);
    }

    public MemoryLimits {
        if (held < 0
                || sessions < 0
                || retained < 0
                || routes < 0
                || disk < 0
                || guaranteedApps < 1) {
            throw new IllegalArgumentException(
                    "memory: %d, %d, %d, %d, disk: %d for %d apps (expected: at least 0 for at least 1)"
                            .formatted(held, sessions, retained, routes, disk, guaranteedApps));
        }
    }

    /// What may be on its way from one event loop to another one: all of them together a small part
    /// of what may be held.
    long inTransit(int loops) {
        long each = held / IN_TRANSIT_PART / loops / loops;
        return Math.clamp(each, LEAST_IN_TRANSIT, MOST_IN_TRANSIT);
    }

    Shares heldShares() {
        return new Shares(held, guaranteedApps);
    }

    Shares diskShares() {
        return new Shares(disk, guaranteedApps);
    }

    /// What the knowledge of who refers to which message on disk may take.
    long references() {
        return held / REFERENCES_PART;
    }

    Shares sessionShares() {
        return new Shares(sessions, guaranteedApps);
    }

    Shares retainedShares() {
        return new Shares(retained, guaranteedApps);
    }
}
