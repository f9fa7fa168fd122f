package eu.sermas.bus.broker;

import eu.sermas.bus.journal.Durability;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.List;

/// What the acknowledgement of a message promises, by its topic.
///
/// @param rules the first whose filter matches holds
/// @param otherwise where none does
/// @param patience milliseconds that a client gets to acknowledge a message before it is written
public record DurabilityPolicy(List<Rule> rules, Durability otherwise, int patience) {

    /// One line of the configuration.
    public record Rule(TopicFilter filter, Durability durability) {}

    public static final DurabilityPolicy DEFAULT =
            new DurabilityPolicy(List.of(), Durability.FSYNC, 5);

    public DurabilityPolicy {
        rules = List.copyOf(rules);
        if (patience < 0) {
            throw new IllegalArgumentException("patience: " + patience + " (expected: at least 0)");
        }
    }

    /// What the broker says of itself (`$SYS`) is said anew by the next process.
    Durability of(Topic topic) {
        if (topic.isReserved()) {
            return Durability.NONE;
        }
        for (Rule rule : rules) {
            if (rule.filter.matches(topic)) {
                return rule.durability;
            }
        }
        return otherwise;
    }
}
