package eu.sermas.bus.session;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Topic;

/// A message that sessions of one [Account] hold. Owned by its event loop.
///
/// It knows what it counts, so that letting go of it touches nothing else: by then the message has
/// long left the caches of the processor.
final class Holding {

    final Message message;
    final Common common;

    /// What one session counts that is alone with it, see [Delivery#cost].
    final long cost;

    int sessions = 1;

    private final Account account;

    Holding(Message message, long cost, Common common, Account account) {
        this.message = message;
        this.cost = cost;
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
        final long cost;

        /// Its place among those of the account.
        final int place;

        int messages;

        Common(Message message, int place) {
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
}
