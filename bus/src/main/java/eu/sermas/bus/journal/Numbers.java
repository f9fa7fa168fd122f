package eu.sermas.bus.journal;

import java.util.concurrent.atomic.AtomicLong;

/// The numbers of sessions and of shared messages in one data directory; none is ever used again.
/// With those of messages goes who refers to them. Safe for all event loops.
///
/// The highest 16 bits are those of the node, 0 where there is only one, so that numbers of several
/// nodes never meet.
public final class Numbers {

    private final AtomicLong session = new AtomicLong();
    private final AtomicLong message = new AtomicLong();

    private final References references;

    /// @param references who refers to the shared messages
    public Numbers(References references) {
        this.references = references;
    }

    References references() {
        return references;
    }

    long nextSession() {
        return session.incrementAndGet();
    }

    long nextMessage() {
        return message.incrementAndGet();
    }

    /// This number of a session was found on disk.
    void sessionSeen(long number) {
        session.accumulateAndGet(number, Math::max);
    }

    void messageSeen(long number) {
        message.accumulateAndGet(number, Math::max);
    }
}
