package eu.sermas.bus.config.setting;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What values a setting takes: how they are read, how they are shown, and the words that say what
/// was expected.
///
/// @param expected a range or a form, as it stands in messages and in the reference
/// @param reader empty where the text is no such value
/// @param writer the text that the reader takes back
public record Kind<T>(
        String expected, Function<String, Optional<T>> reader, Function<T, String> writer) {

    // Sizes, in bytes.
    static final long KIB = 1024;
    static final long MIB = 1024 * KIB;
    static final long GIB = 1024 * MIB;
    static final long TIB = 1024 * GIB;

    private static final Pattern INTEGER = Pattern.compile("-?\\d{1,18}");
    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,12})\\s*([a-zA-Z]*)");
    private static final List<String> SIZE_UNITS = List.of("B", "KiB", "MiB", "GiB");

    static Kind<Integer> integer(int min, int max) {
        return new Kind<>(
                min + ".." + max,
                text ->
                        INTEGER.matcher(text).matches()
                                ? Optional.of(Long.parseLong(text))
                                        .filter(number -> number >= min && number <= max)
                                        .map(Math::toIntExact)
                                : Optional.empty(),
                String::valueOf);
    }

    /// Bytes, with or without a unit: `16777216`, `16 MiB`.
    static Kind<Long> size(long min, long max) {
        return new Kind<>(
                "a size of " + showSize(min) + ".." + showSize(max),
                text -> readSize(text).filter(bytes -> bytes >= min && bytes <= max),
                Kind::showSize);
    }

    /// Seconds, or a number with a unit: `30`, `30 s`, `12 h`.
    public static Kind<Duration> duration(Duration min, Duration max) {
        return new Kind<>(
                "a duration of " + showDuration(min) + ".." + showDuration(max),
                text ->
                        readDuration(text)
                                .filter(d -> d.compareTo(min) >= 0 && d.compareTo(max) <= 0),
                Kind::showDuration);
    }

    public static Kind<Boolean> bool() {
        return new Kind<>(
                "true or false",
                text ->
                        switch (text.toLowerCase(Locale.ROOT)) {
                            case "true" -> Optional.of(true);
                            case "false" -> Optional.of(false);
                            default -> Optional.empty();
                        },
                String::valueOf);
    }

    static Kind<String> text(String expected) {
        return new Kind<>(
                expected, text -> text.isBlank() ? Optional.empty() : Optional.of(text), t -> t);
    }

    /// The beginning of addresses, without a slash at its end.
    static Kind<URI> url() {
        return new Kind<>("an http or https URL without a query", Kind::readUrl, URI::toString);
    }

    private static Optional<URI> readUrl(String text) {
        try {
            URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            boolean fits =
                    ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                            && url.getHost() != null
                            && url.getQuery() == null
                            && url.getFragment() == null
                            && url.getUserInfo() == null;
            return fits ? Optional.of(url) : Optional.empty();
        } catch (URISyntaxException _) {
            return Optional.empty();
        }
    }

    static Kind<Path> path(String expected) {
        return new Kind<>(expected, Kind::readPath, Path::toString);
    }

    public static <E extends Enum<E>> Kind<E> oneOf(Class<E> type) {
        List<E> values = Arrays.asList(type.getEnumConstants());
        return new Kind<>(
                values.stream().map(Kind::lowerCase).collect(Collectors.joining(", ")),
                text -> values.stream().filter(e -> lowerCase(e).equals(text)).findFirst(),
                Kind::lowerCase);
    }

    private static String lowerCase(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Optional<Path> readPath(String text) {
        if (text.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(text));
        } catch (InvalidPathException _) {
            return Optional.empty();
        }
    }

    private static Optional<Long> readSize(String text) {
        Matcher amount = AMOUNT.matcher(text);
        if (!amount.matches()) {
            return Optional.empty();
        }
        String unit = amount.group(2).isEmpty() ? "B" : amount.group(2);
        for (int power = 0; power < SIZE_UNITS.size(); power++) {
            if (SIZE_UNITS.get(power).equalsIgnoreCase(unit)) {
                return multiply(Long.parseLong(amount.group(1)), 1L << (10 * power));
            }
        }
        return Optional.empty();
    }

    private static String showSize(long bytes) {
        int power = 0;
        long amount = bytes;
        while (amount != 0 && amount % 1024 == 0 && power < SIZE_UNITS.size() - 1) {
            amount /= 1024;
            power++;
        }
        return power == 0 ? String.valueOf(amount) : amount + " " + SIZE_UNITS.get(power);
    }

    private static Optional<Duration> readDuration(String text) {
        Matcher amount = AMOUNT.matcher(text);
        if (!amount.matches()) {
            return Optional.empty();
        }
        long seconds =
                switch (amount.group(2)) {
                    case "", "s" -> 1;
                    case "m", "min" -> 60;
                    case "h" -> 3_600;
                    case "d" -> 86_400;
                    default -> 0;
                };
        return seconds == 0
                ? Optional.empty()
                : multiply(Long.parseLong(amount.group(1)), seconds).map(Duration::ofSeconds);
    }

    private static String showDuration(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds >= 172_800 && seconds % 86_400 == 0) {
            return seconds / 86_400 + " d";
        }
        if (seconds >= 3_600 && seconds % 3_600 == 0) {
            return seconds / 3_600 + " h";
        }
        return seconds >= 60 && seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
    }

    private static Optional<Long> multiply(long amount, long unit) {
        return amount > Long.MAX_VALUE / unit ? Optional.empty() : Optional.of(amount * unit);
    }
}
