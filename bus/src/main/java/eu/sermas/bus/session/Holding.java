package eu.sermas.bus.session;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Topic;

/// A message that sessions of one [Account] hold. Owned by its event loop.
final class Holding {

    final Message message;
    final Common common;
    int sessions = 1;

    private final Account account;

    Holding(Message message, Common common, Account account) {
        this.message = message;
        this.common = common;
        this.account = account;
    }

    /// One of the sessions holds it no more.
    void release() {
        account.release(this);
    }

    /// What several messages have in common, because one object is in all of them.
    static final class Common {

        private final Topic topic;
        private final Properties properties;
        int messages;

        Common(Topic topic, Properties properties) {
            this.topic = topic;
            this.properties = properties;
        }

        Topic topic() {
            return topic;
        }

        @SuppressWarnings("ReferenceEquality") // equal ones take memory of their own
        boolean isOf(Message message) {
            return topic == message.topic() && properties == message.properties();
        }

        long cost() {
            return topic.cost() + properties.cost();
        }
    }
}
