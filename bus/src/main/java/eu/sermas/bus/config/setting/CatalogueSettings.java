package eu.sermas.bus.config.setting;

import static eu.sermas.bus.config.setting.Kind.KIB;
import static eu.sermas.bus.config.setting.Kind.integer;
import static eu.sermas.bus.config.setting.Kind.size;

import eu.sermas.bus.access.CatalogueLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The part of the table of [Settings] that is about the catalogue of topics.
public final class CatalogueSettings {

    private static final Kind<List<Path>> PATHS =
            new Kind<>(
                    "paths, separated by commas", CatalogueSettings::read, CatalogueSettings::show);

    public static final Setting<List<Path>> FILES =
            Setting.of(
                    "catalogue.files",
                    PATHS,
                    List.of(),
                    "Files in YAML or JSON with further topics for the catalogue; read at the"
                            + " start.");
    public static final Setting<Integer> TOPICS =
            Setting.of(
                    "catalogue.max-topics",
                    integer(0, 1_000_000),
                    CatalogueLimits.DEFAULT.maxTopics(),
                    "Topics that files and modules may add, all together.");
    public static final Setting<Integer> TOPICS_OF_ONE =
            Setting.of(
                    "catalogue.max-topics-of-one",
                    integer(0, 1_000_000),
                    CatalogueLimits.DEFAULT.maxTopicsOfOne(),
                    "Topics that one file, one module of the platform, or one app with its modules"
                            + " may add.");
    public static final Setting<Long> BYTES_OF_ONE =
            Setting.of(
                    "catalogue.max-bytes-of-one",
                    size(KIB, 16 * KIB * KIB),
                    CatalogueLimits.DEFAULT.maxBytesOfOne(),
                    "Size of what one of them may add, with its schemas.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL = List.of(FILES, TOPICS, TOPICS_OF_ONE, BYTES_OF_ONE);

    private CatalogueSettings() {}

    private static Optional<List<Path>> read(String text) {
        List<Path> paths = new ArrayList<>();
        for (String part : text.isBlank() ? new String[0] : text.split(",", -1)) {
            Optional<Path> path = Kind.path("").reader().apply(part.strip());
            if (path.isEmpty()) {
                return Optional.empty();
            }
            paths.add(path.get());
        }
        return Optional.of(List.copyOf(paths));
    }

    private static String show(List<Path> paths) {
        return paths.stream().map(Path::toString).collect(Collectors.joining(", "));
    }
}
