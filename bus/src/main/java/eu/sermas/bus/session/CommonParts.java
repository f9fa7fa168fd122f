package eu.sermas.bus.session;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Topic;

/// What several messages of one [Account] have in common, because one object is in all of them.
/// Owned by its event loop.
final class CommonParts {

    final Account account;
    final long cost;

    /// Its place among those of the account.
    final int place;

    int messages;

    private final Topic topic;
    private final Properties properties;

    CommonParts(Account account, Message message, int place) {
        this.account = account;
        this.topic = message.topic();
        this.properties = message.properties();
        this.cost = topic.cost() + properties.cost();
        this.place = place;
    }

    @SuppressWarnings("ReferenceEquality") // equal ones take memory of their own
    boolean isOf(Message message) {
        return topic == message.topic() && properties == message.properties();
    }
}
