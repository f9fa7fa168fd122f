package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.Topic;
import org.jspecify.annotations.Nullable;

/// The topic aliases that a client has set on its connection, MQTT 5 section 3.3.2.3.4.
final class InboundAliases {

    private final int maximum;
    private @Nullable Topic[] topics = new Topic[0];

    /// @param maximum the Topic Alias Maximum that the server announced
    InboundAliases(int maximum) {
        this.maximum = maximum;
    }

    /// The topic of a message, given or by its alias; a given one is remembered under the alias.
    ///
    /// @return null where the alias is out of range or not set: a protocol error
    @Nullable Topic resolve(Publish publish) {
        if (publish.properties().isEmpty()) {
            return publish.topic();
        }
        int alias = (int) publish.properties().number(Property.TOPIC_ALIAS, 0);
        if (alias == 0) {
            return publish.topic();
        }
        if (alias > maximum) {
            return null; // [MQTT-3.3.2-9] [MQTT-3.2.2-17] [MQTT-3.2.2-18]
        }
        if (topics.length == 0) {
            topics = new Topic[maximum + 1];
        }
        Topic given = publish.topic();
        if (given != null) {
            topics[alias] = given; // [MQTT-3.3.2-12]
        }
        return topics[alias];
    }
}
