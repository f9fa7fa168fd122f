package eu.sermas.bus.transport;

/// What may wait to be written to all clients together.
///
/// @param total bytes of it
/// @param guaranteedApps apps with a share of it that nobody else can take
public record OutputLimits(long total, int guaranteedApps) {

    private static final long MIB = 1024 * 1024;

    public static final OutputLimits DEFAULT = new OutputLimits(128 * MIB, 16);

    public OutputLimits {
        TransportLimits.requirePositive("total", total);
        TransportLimits.requirePositive("guaranteedApps", guaranteedApps);
    }
}
