package eu.sermas.bus.session;

import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.Will;
import org.jspecify.annotations.Nullable;

/// What one session takes of the memory that its app has for sessions, connected or not: itself,
/// its subscriptions, its will, and what it has to remember of the messages of its client. Its
/// messages are on the [Account] itself.
///
/// Whoever lets a session grow asks first, by [#mayGrow]; what has been let in is counted in any
/// case.
public final class Footprint {

    /// A session without anything, its key and its place among the others, its absence and its log.
    private static final int SESSION = 1800;

    /// A subscription besides its filter: with the session, and its leaf in the tree of all.
    private static final int SUBSCRIPTION = 256;

    /// A node of that tree.
    private static final int LEVEL = 80;

    private final Account account;
    private long counted;
    private long will;
    private long received;
    private boolean ended;

    Footprint(Account account, SessionKey key) {
        this.account = account;
        grow(ofSession(key));
    }

    /// What a new session of this key takes.
    public static long ofSession(SessionKey key) {
        return SESSION + 2L * (key.clientId().length() + key.principalId().length());
    }

    /// What a subscription to this filter takes.
    public static long of(TopicFilter filter) {
        return SUBSCRIPTION + filter.cost() + (long) LEVEL * filter.levels().size();
    }

    public Account account() {
        return account;
    }

    /// What is counted of it now, with what its connection takes.
    public long bytes() {
        return counted;
    }

    /// Whether so much more has room.
    public boolean mayGrow(long bytes) {
        return account.hasRoom(bytes);
    }

    void subscribed(TopicFilter filter) {
        grow(of(filter));
    }

    void unsubscribed(TopicFilter filter) {
        grow(-of(filter));
    }

    void will(@Nullable Will present, @Nullable Will published) {
        long cost =
                (present == null ? 0 : present.cost()) + (published == null ? 0 : published.cost());
        grow(cost - will);
        will = cost;
    }

    void received(long cost) {
        if (cost != received) {
            grow(cost - received);
            received = cost;
        }
    }

    /// What its client has set for its connection is so much more, or less.
    public void grow(long bytes) {
        if (!ended) {
            counted += bytes;
            account.grown(bytes);
        }
    }

    /// The session is over.
    void end() {
        grow(-counted);
        ended = true;
    }
}
