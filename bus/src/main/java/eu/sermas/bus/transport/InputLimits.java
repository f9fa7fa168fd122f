package eu.sermas.bus.transport;

import java.time.Duration;

/// What packets may take that have begun and are not all there.
///
/// @param total bytes of all of them, a quarter of it for those who have not logged in
/// @param guaranteedApps apps with a share of the rest that nobody else can take
/// @param packetTimeout for a packet to be complete, from its first byte on, besides the time that
///   its bytes take at the lowest rate
/// @param packetRate the lowest rate at which a packet may come, in bytes per second
public record InputLimits(long total, int guaranteedApps, Duration packetTimeout, int packetRate) {

    private static final long MIB = 1024 * 1024;

    public static final InputLimits DEFAULT =
            new InputLimits(256 * MIB, 16, Duration.ofSeconds(30), 16 * 1024);

    public InputLimits {
        TransportLimits.requirePositive("total", total);
        TransportLimits.requirePositive("guaranteedApps", guaranteedApps);
        TransportLimits.requirePositive("packetTimeout", packetTimeout.toMillis());
        TransportLimits.requirePositive("packetRate", packetRate);
    }
}
