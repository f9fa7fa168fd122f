package eu.sermas.bus.config.setting;

import eu.sermas.bus.access.PayloadCheck.Mode;
import eu.sermas.bus.access.PayloadChecks.Choice;
import eu.sermas.bus.packet.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How payload checks are written down: `app/demo/ui/#=reject, app/+/dialogue/#=observe`.
final class PayloadRules {

    static final Kind<List<Choice>> KIND =
            new Kind<>(
                    "FILTER=off, FILTER=observe or FILTER=reject, separated by commas",
                    PayloadRules::read,
                    PayloadRules::show);

    private static final String OFF = "off";

    private PayloadRules() {}

    private static Optional<List<Choice>> read(String text) {
        List<Choice> choices = new ArrayList<>();
        if (text.isBlank()) {
            return Optional.of(List.of());
        }
        for (String part : text.split(",", -1)) {
            int equals = part.lastIndexOf('=');
            try {
                TopicFilter filter = TopicFilter.of(part.substring(0, Math.max(equals, 0)).strip());
                choices.add(new Choice(filter, mode(part.substring(equals + 1).strip())));
            } catch (IllegalArgumentException _) {
                return Optional.empty();
            }
        }
        return Optional.of(List.copyOf(choices));
    }

    private static @Nullable Mode mode(String name) {
        return name.equals(OFF) ? null : Mode.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static String show(List<Choice> choices) {
        return choices.stream()
                .map(choice -> choice.filter().text() + "=" + name(choice.mode()))
                .collect(Collectors.joining(", "));
    }

    private static String name(@Nullable Mode mode) {
        return mode == null ? OFF : mode.name().toLowerCase(Locale.ROOT);
    }
}
