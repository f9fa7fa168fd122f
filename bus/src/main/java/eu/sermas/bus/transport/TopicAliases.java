package eu.sermas.bus.transport;

import eu.sermas.bus.codec.PublishEncoder.Alias;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.session.ConnectionMemory;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The topic aliases that the server has given to one client, MQTT 5 section 3.3.2.3.4: the topics
/// that come first get one, until the client's maximum is reached [MQTT-3.1.2-26] [MQTT-3.1.2-27].
final class TopicAliases {

    /// The cost of a topic beyond which it gets no alias, or those of one client could take much
    /// memory.
    private static final int LONGEST = 2048;

    private static final int ENTRY = 80;

    private final int maximum;
    private final Map<Topic, Alias> known = new HashMap<>();
    private @Nullable ConnectionMemory memory;

    TopicAliases(int maximum) {
        this.maximum = maximum;
    }

    /// Where topics count that have an alias; without that none gets one.
    void remembersIn(ConnectionMemory counting) {
        memory = counting;
    }

    /// How to name this topic in the next PUBLISH. An alias that is new is to be [#sent], or
    /// [#unsent].
    Alias of(Topic topic) {
        if (maximum == 0) {
            return Alias.NONE;
        }
        Alias alias = known.get(topic);
        if (alias != null) {
            return alias;
        }
        // [MQTT-3.3.2-11]
        return known.size() < maximum
                        && topic.cost() <= LONGEST
                        && memory != null
                        && memory.take(cost(topic))
                ? new Alias(known.size() + 1, false)
                : Alias.NONE;
    }

    private static int cost(Topic topic) {
        return ENTRY + topic.cost();
    }

    /// The packet was too large with it.
    void unsent(Topic topic) {
        if (memory != null) {
            memory.take(-cost(topic));
        }
    }

    void sent(Topic topic, Alias alias) {
        if (alias.number() != 0 && !alias.isKnown()) {
            known.put(topic, new Alias(alias.number(), true));
        }
    }
}
