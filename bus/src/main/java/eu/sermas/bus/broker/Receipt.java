package eu.sermas.bus.broker;

import eu.sermas.bus.journal.Contribution;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.session.Outcome;
import java.util.ArrayList;
import java.util.List;
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
    private @Nullable List<Contribution> contributions;

    /// One more has to answer: an event loop, or the disk.
    final void expect() {
        outstanding++;
    }

    /// A session of the publisher's own loop has answered.
    final void note(Outcome outcome) {
        if (outcome == Outcome.REJECTED) {
            refused(ReasonCode.QUOTA_EXCEEDED, "the queue of a subscriber is full");
        } else if (outcome == Outcome.NOT_STORABLE) {
            refused(ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, notStorable());
        } else if (outcome == Outcome.FAILED) {
            refused(ReasonCode.UNSPECIFIED_ERROR, "a subscriber could not take the message");
        }
    }

    /// The message was taken by nobody.
    final void rejected(String why) {
        refused(ReasonCode.QUOTA_EXCEEDED, why);
    }

    /// Another event loop has answered for all its sessions, or the disk.
    final void answer(Outcome worst) {
        note(worst);
        accepted();
    }

    /// It had nothing to object.
    final void accepted() {
        outstanding--;
        goOn();
    }

    private void goOn() {
        List<Contribution> gathered = contributions;
        if (outstanding == 1 && gathered != null) {
            contributions = null;
            writeTogether(gathered);
        } else if (outstanding == 0) {
            settled();
            passOn();
        }
    }

    /// The message is written for all its receivers in one batch, by [#writeTogether], when all of
    /// them are known; that has to answer too.
    void expectBatch() {
        contributions = new ArrayList<>(1);
        expect();
    }

    /// What the sessions of one event loop add to that batch.
    final void contribute(Contribution part) {
        if (contributions != null) {
            contributions.add(part);
        }
    }

    /// The message was handed to every event loop that it concerns.
    final void handedOut() {
        if (contributions != null) {
            goOn();
        }
    }

    /// Why a message cannot be kept now, for the publisher.
    String notStorable() {
        return "the message cannot be stored now";
    }

    /// Whether the publisher can be told that its message is refused.
    abstract boolean isRefusable();

    /// Whether the message is to be written in one batch with what its publisher has to remember or
    /// to forget: the packet identifier of a QoS 2 message, a QoS 2 will.
    boolean hasPacketIdToKeep() {
        return false;
    }

    /// Writes that batch, which then answers.
    void writeTogether(List<Contribution> parts) {
        throw new IllegalStateException("no packet identifier to keep");
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
