package eu.sermas.bus.session;

import eu.sermas.bus.budget.Purse;
import eu.sermas.bus.budget.Share;
import eu.sermas.bus.journal.Kept;
import eu.sermas.bus.packet.Message;
import org.jspecify.annotations.Nullable;

/// What the sessions of one app use of the memory of the process, on one event loop: the messages
/// that wait for them or are in flight to them, and the sessions themselves.
///
/// A message that several of these sessions hold is there once and counts once, and so do the topic
/// and the properties that it has in common with the messages before it; what each session needs to
/// hold it counts for each. It finds that out by the object alone: a message is handed to all its
/// receivers of a loop in one run. Where runs alternate something is counted twice, never too
/// little.
///
/// Owned by the event loop.
public final class Account {

    /// What a session needs to hold a message.
    static final int PLACE = Kept.PLACE;

    private static final int COMMON_PARTS = 256;

    private final String owner;
    private final Share messagesOfAllLoops;
    private final Purse messages;
    private final Purse sessions;
    private final Purse disk;
    private final @Nullable CommonParts[] common = new CommonParts[COMMON_PARTS];

    /// The first delivery of the message that was held last.
    private @Nullable Delivery last;

    /// @param owner the app, or the empty string
    /// @param messages the share of the app in the memory for messages
    /// @param sessions its share in the memory for sessions
    /// @param disk its share of the disk, for messages that are not in memory
    /// @param step what is taken from a share at a time, in bytes
    public Account(String owner, Share messages, Share sessions, Share disk, long step) {
        this.owner = owner;
        this.messagesOfAllLoops = messages;
        this.messages = new Purse(messages, step);
        this.sessions = new Purse(sessions, step);
        this.disk = new Purse(disk, step);
    }

    public String owner() {
        return owner;
    }

    /// Whether messages for these sessions should come more slowly. From any thread.
    public boolean isTight() {
        return messagesOfAllLoops.isTight();
    }

    /// Whether messages that nobody waits for take memory that nobody else could have.
    boolean hasOwnMemory() {
        return messagesOfAllLoops.hasOwn();
    }

    /// Whether messages that nobody waits for should be on disk only.
    boolean isHalfUsed() {
        return messagesOfAllLoops.isHalfUsed();
    }

    /// Whether what is left is for messages that can be sent at once. From any thread.
    boolean isKeptForSending(Message message) {
        return messages.isNearlyFullWith(Delivery.cost(message));
    }

    /// Whether a message would have room if some of what is held were given back.
    boolean couldHold(Message message, boolean sendable, long givenBack) {
        long cost = Delivery.cost(message);
        return messages.hasRoomFor(cost, givenBack)
                && (sendable || !messages.isNearlyFullWith(cost - givenBack));
    }

    /// Holds a message for one session, to be given back by [Delivery#release].
    ///
    /// @return null where there is no room
    @Nullable Delivery hold(Message message, Terms terms) {
        return hold(message, terms, false);
    }

    /// Holds a message that another session held before, or this one on disk only, and that cannot
    /// be refused any more.
    Delivery holdAnyway(Message message, Terms terms) {
        Delivery held = hold(message, terms, true);
        if (held == null) {
            throw new IllegalStateException("not held: " + message);
        }
        return held;
    }

    @SuppressWarnings("ReferenceEquality") // the same message, not an equal one
    private @Nullable Delivery hold(Message message, Terms terms, boolean anyway) {
        Delivery known = last;
        if (known != null && known.message() == message) {
            if (!take(PLACE, anyway)) {
                return null;
            }
            known.sessions++;
            return new Delivery(known, terms);
        }
        int place = message.topic().hashCode() & (COMMON_PARTS - 1);
        CommonParts parts = common[place];
        boolean isShared = parts != null && parts.isOf(message);
        if (parts == null || !isShared) {
            parts = new CommonParts(this, message, place);
        }
        long cost = PLACE + message.ownCost() + parts.cost;
        if (!take(isShared ? cost - parts.cost : cost, anyway)) {
            return null;
        }
        common[place] = parts;
        parts.messages++;
        Delivery held = new Delivery(message, cost, parts, terms);
        held.sessions = 1;
        last = held;
        return held;
    }

    private boolean take(long amount, boolean anyway) {
        if (anyway) {
            messages.takeAnyway(amount);
            return true;
        }
        return messages.take(amount);
    }

    void release(Delivery held) {
        messages.giveBack(--held.first.sessions > 0 ? PLACE : lastReleased(held));
    }

    @SuppressWarnings("ReferenceEquality") // as above
    private long lastReleased(Delivery held) {
        if (last == held.first) {
            last = null;
        }
        CommonParts parts = held.common;
        if (--parts.messages > 0) {
            return held.cost() - parts.cost;
        }
        if (common[parts.place] == parts) {
            common[parts.place] = null;
        }
        return held.cost();
    }

    // --- what is on disk only

    /// More is on its way from the disk into memory than before, or less.
    void reading(long bytes) {
        if (bytes > 0) {
            messages.takeAnyway(bytes);
        } else {
            messages.giveBack(-bytes);
        }
    }

    boolean hasDisk(long bytes) {
        boolean taken = disk.take(bytes);
        if (taken) {
            disk.giveBack(bytes);
        }
        return taken;
    }

    /// More is on disk only than before, or less.
    void disk(long bytes) {
        if (bytes > 0) {
            disk.takeAnyway(bytes);
        } else {
            disk.giveBack(-bytes);
        }
    }

    // --- the sessions themselves

    /// Whether there is room for more of the sessions themselves.
    public boolean hasRoom(long bytes) {
        boolean taken = sessions.take(bytes);
        if (taken) {
            sessions.giveBack(bytes);
        }
        return taken;
    }

    /// A session is larger than before, or smaller.
    void grown(long bytes) {
        if (bytes > 0) {
            sessions.takeAnyway(bytes);
        } else {
            sessions.giveBack(-bytes);
        }
    }

    /// No session of the app is left on this loop.
    public void close() {
        messages.close();
        sessions.close();
        disk.close();
    }
}
