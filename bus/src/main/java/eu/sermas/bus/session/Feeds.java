package eu.sermas.bus.session;

import eu.sermas.bus.packet.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The subscriptions of one session whose retained messages are not all out yet, and whose turn it
/// is: theirs or that of the messages that wait.
///
/// Where both have something they take turns, so neither holds up the other. Messages that waited
/// when a feed began go first: they may be older than what is retained now.
final class Feeds {

    /// A subscription that is made again brings everything again, though the last time is not over
    /// yet; of so many times for one filter the first is given up, as the others bring the same.
    private static final int AT_ONCE = 2;

    private final List<Feed> feeds = new ArrayList<>(0);
    private final Consumer<TopicFilter> over;

    /// How many messages have to leave the queue before the feeds may begin.
    private int behind;

    private boolean turn;

    /// @param over is told each filter whose retained messages are all out
    Feeds(Consumer<TopicFilter> over) {
        this.over = over;
    }

    void add(Feed feed) {
        int known = 0;
        for (int i = feeds.size() - 1; i >= 0; i--) {
            if (feeds.get(i).filter().equals(feed.filter()) && ++known == AT_ONCE) {
                feeds.remove(i);
            }
        }
        feeds.add(feed);
    }

    /// @return whether there was one
    boolean remove(TopicFilter filter) {
        return feeds.removeIf(feed -> feed.filter().equals(filter));
    }

    boolean has(TopicFilter filter) {
        for (Feed feed : feeds) {
            if (feed.filter().equals(filter)) {
                return true;
            }
        }
        return false;
    }

    boolean isEmpty() {
        return feeds.isEmpty();
    }

    /// One of them may begin.
    ///
    /// @param waiting how many messages are in the queue
    void begin(int waiting) {
        behind = Math.max(behind, waiting);
    }

    /// A message has left the queue to be sent.
    void passed() {
        behind = Math.max(0, behind - 1);
        turn = true;
    }

    /// The next feed that has something, where it is their turn.
    ///
    /// @param waits whether messages are in the queue
    @Nullable Feed next(boolean waits, long now) {
        if (feeds.isEmpty() || (waits && (behind > 0 || !turn))) {
            return null;
        }
        for (int i = 0; i < feeds.size(); ) {
            Feed feed = feeds.get(i);
            if (feed.next(now) != null) {
                return feed;
            }
            if (feed.isOver()) {
                feeds.remove(i);
                if (!has(feed.filter())) {
                    over.accept(feed.filter());
                }
            } else {
                i++;
            }
        }
        return null;
    }

    /// A message of a feed was sent.
    void sent() {
        turn = false;
    }
}
