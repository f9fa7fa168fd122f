package eu.sermas.bus.config.setting;

import eu.sermas.bus.broker.DurabilityPolicy;
import eu.sermas.bus.broker.DurabilityPolicy.Rule;
import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// How durability by topic is written down: `app/+/ui/#=none, app/+/dialogue/#=async`.
final class DurabilityRules {

    static final Kind<List<Rule>> KIND =
            new Kind<>(
                    "FILTER=none, FILTER=async or FILTER=fsync, separated by commas",
                    DurabilityRules::read,
                    DurabilityRules::show);

    private DurabilityRules() {}

    private static Optional<List<Rule>> read(String text) {
        List<Rule> rules = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            int equals = part.lastIndexOf('=');
            if (text.isBlank()) {
                break;
            }
            try {
                TopicFilter filter = TopicFilter.of(part.substring(0, Math.max(equals, 0)).strip());
                String name = part.substring(equals + 1).strip().toUpperCase(Locale.ROOT);
                rules.add(new DurabilityPolicy.Rule(filter, Durability.valueOf(name)));
            } catch (IllegalArgumentException _) {
                return Optional.empty();
            }
        }
        return Optional.of(List.copyOf(rules));
    }

    private static String show(List<Rule> rules) {
        return rules.stream()
                .map(
                        rule ->
                                rule.filter().text()
                                        + "="
                                        + rule.durability().name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }
}
