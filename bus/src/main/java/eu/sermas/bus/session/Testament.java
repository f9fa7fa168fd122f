package eu.sermas.bus.session;

import eu.sermas.bus.journal.WillVerdict;
import eu.sermas.bus.packet.Will;
import org.jspecify.annotations.Nullable;

/// The wills of one session: that of its connection, and the one that a connection before has left
/// and that is on its way to others.
///
/// What is written of the session has one of them. While one is on its way it is that one, rather
/// published twice than never, and the next connection waits with its own until it has arrived.
///
/// Owned by the event loop of the session.
public final class Testament {

    private final Footprint footprint;
    private final Runnable changed;
    private @Nullable Will will;
    private WillVerdict verdict = WillVerdict.REFUSED;

    /// The will that was taken last, as long as it is not safe with those who get it.
    private @Nullable LeftWill left;

    private @Nullable Runnable whenLeftIsSafe;

    /// @param changed is to be run where something else is to be written now
    Testament(Footprint footprint, Runnable changed) {
        this.footprint = footprint;
        this.changed = changed;
    }

    @Nullable Will will() {
        return will;
    }

    /// Another will, or none. It is not to be published after a restart until [#judge] says so.
    void will(@Nullable Will message) {
        if (will != null || message != null) {
            will = message;
            verdict = WillVerdict.REFUSED;
            keepLeft(left);
            changed.run();
        }
    }

    /// What an earlier process has written.
    void restore(@Nullable Will message, WillVerdict kept) {
        will = message;
        verdict = kept;
        footprint.will(will, null);
    }

    /// Says whether the will may be published where nobody knows the rights of its client any more.
    public void judge(WillVerdict found) {
        if (will != null && verdict != found) {
            verdict = found;
            changed.run();
        }
    }

    /// Takes the will to publish it. What is kept of the session still has it, and not the one of
    /// the next connection, until [#isSafe].
    public @Nullable LeftWill take() {
        if (will == null) {
            return null;
        }
        LeftWill taken = new LeftWill(will, verdict);
        will = null;
        keepLeft(taken);
        return taken;
    }

    /// What is written next of the session has this will no longer, as it is where it has to be.
    @SuppressWarnings("ReferenceEquality") // another one may say the same
    public void forget(LeftWill taken) {
        if (left == taken) {
            keepLeft(null);
        }
    }

    /// What is written next has this will again, unless a later one was taken.
    public void remember(LeftWill taken) {
        if (left == null) {
            keepLeft(taken);
        }
    }

    /// Whoever is to get the will has it.
    @SuppressWarnings("ReferenceEquality")
    public void isSafe(LeftWill taken) {
        if (left == taken) {
            keepLeft(null);
            changed.run();
        }
        Runnable waiting = whenLeftIsSafe;
        if (left == null && waiting != null) {
            whenLeftIsSafe = null;
            waiting.run();
        }
    }

    /// Does something once what is written of the session has the present will, and not one that is
    /// on its way to others. Of several who ask, the last one is heard.
    public void afterLeft(Runnable action) {
        if (left == null) {
            action.run();
        } else {
            whenLeftIsSafe = action;
        }
    }

    private void keepLeft(@Nullable LeftWill taken) {
        left = taken;
        footprint.will(will, taken == null ? null : taken.will());
    }

    /// The one to be written.
    @Nullable Will written() {
        return left != null ? left.will() : will;
    }

    WillVerdict writtenVerdict() {
        return left != null ? left.verdict() : verdict;
    }
}
