package eu.sermas.bus.access;

/// What may be added to the [Catalogue].
///
/// @param maxTopics by all together
/// @param maxTopicsOfOne by one file, one module of the platform, or one app with its modules
/// @param maxBytesOfOne of the same, as compact JSON
/// @param guaranteedApps how many apps have a share of the topics that nobody else can take
public record CatalogueLimits(
        int maxTopics, int maxTopicsOfOne, long maxBytesOfOne, int guaranteedApps) {

    public static final CatalogueLimits DEFAULT = new CatalogueLimits(10_000, 200, 256 * 1024, 16);

    public CatalogueLimits {
        if (maxTopics < 0 || maxTopicsOfOne < 0 || maxBytesOfOne < 0 || guaranteedApps < 1) {
            throw new IllegalArgumentException("limits of the catalogue: below 0");
        }
    }
}
