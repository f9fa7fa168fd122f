package eu.sermas.bus.config.setting;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// How origins are written in the configuration: as browsers write them, RFC 6454 section 6.1.
final class OriginRules {

    private static final String ALL = "*";

    static final Kind<Set<String>> KIND =
            new Kind<>(
                    "origins such as https://kiosk.example, separated by commas, or *",
                    OriginRules::read,
                    origins -> String.join(", ", new TreeSet<>(origins)));

    private OriginRules() {}

    private static Optional<Set<String>> read(String text) {
        Set<String> origins =
                Arrays.stream(text.split(",", -1))
                        .map(origin -> origin.strip().toLowerCase(Locale.ROOT))
                        .filter(origin -> !origin.isEmpty())
                        .collect(Collectors.toUnmodifiableSet());
        return origins.stream().allMatch(OriginRules::isOrigin)
                ? Optional.of(origins)
                : Optional.empty();
    }

    private static boolean isOrigin(String text) {
        if (text.equals(ALL)) {
            return true;
        }
        try {
            URI uri = new URI(text);
            return uri.getHost() != null
                    && uri.getUserInfo() == null
                    && text.equals(uri.getScheme() + "://" + uri.getRawAuthority());
        } catch (URISyntaxException _) {
            return false;
        }
    }
}
