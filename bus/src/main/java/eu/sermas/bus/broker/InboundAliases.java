package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.session.Footprint;
import org.jspecify.annotations.Nullable;

/// The topic aliases that a client has set on its connection, MQTT 5 section 3.3.2.3.4. Their
/// topics count as part of its session.
final class InboundAliases {

    private final int maximum;
    private final Footprint footprint;
    private long cost;
    private @Nullable Topic[] topics = new Topic[0];

    /// @param maximum the Topic Alias Maximum that the server announced
    InboundAliases(int maximum, Footprint footprint) {
        this.maximum = maximum;
        this.footprint = footprint;
    }

    /// Whether there is room for what this message sets.
    boolean hasRoomFor(Publish publish) {
        Topic given = publish.topic();
        return given == null
                || !publish.properties().has(Property.TOPIC_ALIAS)
                || footprint.mayGrow(given.cost());
    }

    /// The topic of a message, given or by its alias; a given one is remembered under the alias.
    ///
    /// @return null where the alias is out of range or not set, see [#violation]
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
            Topic before = topics[alias];
            grow(given.cost() - (before == null ? 0 : before.cost()));
            topics[alias] = given; // [MQTT-3.3.2-12]
        }
        return topics[alias];
    }

    /// What is wrong with a message that [#resolve] finds no topic for.
    Violation violation(Publish publish) {
        int alias = (int) publish.properties().number(Property.TOPIC_ALIAS, 0);
        return alias > maximum
                ? new Violation(
                        ReasonCode.TOPIC_ALIAS_INVALID,
                        "topic alias: " + alias + " (expected: at most " + maximum + ")")
                : new Violation( // section 3.3.4
                        ReasonCode.PROTOCOL_ERROR,
                        "topic alias: " + alias + " was not set (expected: a topic with it)");
    }

    private void grow(long bytes) {
        cost += bytes;
        footprint.grow(bytes);
    }

    /// The connection is gone.
    void clear() {
        grow(-cost);
        topics = new Topic[0];
    }
}
