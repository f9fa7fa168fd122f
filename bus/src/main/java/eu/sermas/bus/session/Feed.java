package eu.sermas.bus.session;

import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.TopicFilter;
import org.jspecify.annotations.Nullable;

/// What a subscription still has to bring of the messages that were retained when it was made. The
/// session takes them one by one, whenever there is room on the way to its client, so nothing of
/// them has to be held: each is looked up when its turn comes.
public interface Feed {

    /// One message, as it is retained now.
    ///
    /// @param durability what is promised of messages of its topic
    record Portion(Message message, Terms terms, Durability durability) {}

    /// That of the subscription.
    TopicFilter filter();

    /// The message whose turn it is, until [#taken] says that it was sent.
    ///
    /// @return null where there is none now, because it has not begun, has had its share of this
    ///   turn of the loop, or is over
    @Nullable Portion next(long now);

    /// The message that [#next] has shown is on its way.
    void taken();

    /// It could not be sent, for want of memory or of a disk: to be tried again in a moment.
    void later();

    /// Whether nothing is left.
    boolean isOver();
}
