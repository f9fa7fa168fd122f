package eu.sermas.bus.broker;

import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.session.Outcome;
import org.jspecify.annotations.Nullable;

/// What a publisher waits for before it is acknowledged: the word of every session that must get
/// the message. An acknowledgement is a promise, so it leaves only when the last one has answered.
///
/// Owned by the event loop of the publisher; other loops hand their answers back to it.
abstract class Receipt {

    private int outstanding;
    private ReasonCode reasonCode = ReasonCode.SUCCESS;
    private @Nullable String reasonString;
    private @Nullable Receipt follower;

    /// One more event loop has to answer.
    final void expect() {
        outstanding++;
    }

    /// A session of the publisher's own loop has answered.
    final void note(Outcome outcome) {
        if (outcome == Outcome.REJECTED) {
            refused(ReasonCode.QUOTA_EXCEEDED, "the queue of a subscriber is full");
        }
    }

    /// Another event loop has answered for all its sessions.
    final void answer(Outcome worst) {
        note(worst);
        outstanding--;
        if (outstanding == 0) {
            settled();
            passOn();
        }
    }

    /// Makes another receipt, that of the same message sent again, get the same answer. One that is
    /// followed already passes it on.
    final void follow(Receipt first) {
        Receipt last = first;
        while (last.follower != null) {
            last = last.follower;
        }
        last.follower = this;
        expect();
        if (last.isSettled()) {
            last.passOn();
        }
    }

    private void passOn() {
        Receipt next = follower;
        follower = null;
        if (next != null) {
            next.refused(reasonCode, reasonString);
            next.answer(Outcome.ACCEPTED);
        }
    }

    /// Nobody subscribes to the topic.
    final void unmatched() {
        reasonCode = ReasonCode.NO_MATCHING_SUBSCRIBERS;
    }

    final void refused(ReasonCode code, @Nullable String why) {
        reasonCode = code;
        reasonString = why;
    }

    final boolean isSettled() {
        return outstanding == 0;
    }

    final ReasonCode reasonCode() {
        return reasonCode;
    }

    final @Nullable String reasonString() {
        return reasonString;
    }

    /// Called when the last loop has answered; not where none was expected.
    abstract void settled();
}
