package eu.sermas.bus.transport;

import eu.sermas.bus.codec.PublishEncoder.Alias;
import eu.sermas.bus.packet.Topic;
import java.util.HashMap;
import java.util.Map;

/// The topic aliases that the server has given to one client, MQTT 5 section 3.3.2.3.4: the topics
/// that come first get one, until the client's maximum is reached [MQTT-3.1.2-26] [MQTT-3.1.2-27].
final class TopicAliases {

    /// The cost of a topic beyond which it gets no alias, or those of one client could take much
    /// memory.
    private static final int LONGEST = 2048;

    private final int maximum;
    private final Map<Topic, Alias> known = new HashMap<>();

    TopicAliases(int maximum) {
        this.maximum = maximum;
    }

    /// How to name this topic in the next PUBLISH. An alias that is new counts only once [#sent].
    Alias of(Topic topic) {
        if (maximum == 0) {
            return Alias.NONE;
        }
        Alias alias = known.get(topic);
        if (alias != null) {
            return alias;
        }
        // [MQTT-3.3.2-11]
        return known.size() < maximum && topic.cost() <= LONGEST
                ? new Alias(known.size() + 1, false)
                : Alias.NONE;
    }

    void sent(Topic topic, Alias alias) {
        if (alias.number() != 0 && !alias.isKnown()) {
            known.put(topic, new Alias(alias.number(), true));
        }
    }
}
