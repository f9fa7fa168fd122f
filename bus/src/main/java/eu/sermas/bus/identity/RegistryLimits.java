package eu.sermas.bus.identity;

/// What the registry may hold.
///
/// @param totalBytes of heap, for everything about identities: five eighths for apps with their
///   modules and clients, modules of the platform, and users; two for refresh tokens; one for
///   revocations
/// @param guaranteedApps how many owners, or apps, have a share of each that nobody else can take
/// @param appsOfOwner apps that one account may own, administrators apart
/// @param bytesOfApp of heap, for one app with everything configured for it
/// @param clientsOfApp modules included
public record RegistryLimits(
        long totalBytes, int guaranteedApps, int appsOfOwner, long bytesOfApp, int clientsOfApp) {

    private static final long MIB = 1024 * 1024;

    public static final RegistryLimits DEFAULT =
            new RegistryLimits(256 * MIB, 16, 100, 8 * MIB, 1_000);

    public RegistryLimits {
        atLeastOne("totalBytes", totalBytes);
        atLeastOne("guaranteedApps", guaranteedApps);
        atLeastOne("appsOfOwner", appsOfOwner);
        atLeastOne("bytesOfApp", bytesOfApp);
        atLeastOne("clientsOfApp", clientsOfApp);
    }

    private static void atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least 1)");
        }
    }

    long bytesOfApps() {
        return totalBytes / 8 * 5;
    }

    long bytesOfRefreshTokens() {
        return totalBytes / 8 * 2;
    }

    long bytesOfRevocations() {
        return totalBytes / 8;
    }
}
