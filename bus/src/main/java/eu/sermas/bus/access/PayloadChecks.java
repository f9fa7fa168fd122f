package eu.sermas.bus.access;

import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which topics have their payloads checked. None, unless somebody says so: producers of the
/// platform send more than its schemas describe. Safe for use by many threads.
public final class PayloadChecks {

    public static final PayloadChecks NONE = new PayloadChecks(List.of(), null);

    /// @param filter of the topics that are checked; the first rule that matches holds
    /// @param mode null for no check
    public record Choice(TopicFilter filter, PayloadCheck.@Nullable Mode mode) {}

    private final List<Choice> choices;
    private final @Nullable LiveCatalogue catalogue;

    private PayloadChecks(List<Choice> choices, @Nullable LiveCatalogue catalogue) {
        this.choices = List.copyOf(choices);
        this.catalogue = catalogue;
    }

    public static PayloadChecks of(List<Choice> choices, LiveCatalogue catalogue) {
        return choices.isEmpty() ? NONE : new PayloadChecks(choices, catalogue);
    }

    /// The check of a topic, or null where there is none. Not free: to be asked when a connection
    /// changes its topic, not for every message.
    public @Nullable PayloadCheck of(Topic topic) {
        for (Choice choice : choices) {
            if (choice.filter().matches(topic)) {
                PayloadCheck.Mode mode = choice.mode();
                return mode == null ? null : check(topic, mode);
            }
        }
        return null;
    }

    private @Nullable PayloadCheck check(Topic topic, PayloadCheck.Mode mode) {
        CatalogueTopic known = catalogue == null ? null : catalogue.topic(topic);
        return known == null ? null : known.check(mode);
    }
}
