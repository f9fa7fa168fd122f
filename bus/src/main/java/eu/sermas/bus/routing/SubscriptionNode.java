package eu.sermas.bus.routing;

import eu.sermas.bus.packet.TopicFilter;
import org.jspecify.annotations.Nullable;

/// One level of one or more filters. There may be millions, so a node is eight words and owns no
/// collection before it needs one, see [Slots].
///
/// Readers take no lock, so every field is volatile; writers hold the lock of the branch.
final class SubscriptionNode<S> {

    final String level;

    /// Nodes of the next level by its name.
    volatile @Nullable Object children;

    /// The node of `+` at the next level.
    volatile @Nullable SubscriptionNode<S> plus;

    /// The node of `#` at the next level, which is the last.
    volatile @Nullable SubscriptionNode<S> many;

    /// The ordinary subscriptions of filters that end here, by subscriber.
    volatile @Nullable Object receivers;

    /// The shared subscriptions of filters that end here, by share name.
    volatile @Nullable Object shares;

    SubscriptionNode(String level) {
        this.level = level;
    }

    boolean isEmpty() {
        return receivers == null
                && shares == null
                && children == null
                && plus == null
                && many == null;
    }

    /// The members of one shared subscription, by subscriber.
    static final class Share<S> {

        final String name;
        final TopicFilter filter;
        volatile Object members;

        Share(String name, TopicFilter filter, Receiver<S> first) {
            this.name = name;
            this.filter = filter;
            this.members = first;
        }
    }
}
