package eu.sermas.bus.broker;

import eu.sermas.bus.session.Outcome;

/// What a session leaves to others, on its way: its last will, messages of shared subscriptions.
/// Only when that is safe with them may it be forgotten here.
class Handover extends Receipt {

    private final Runnable done;

    Handover(Runnable done) {
        this.done = done;
        expect();
    }

    /// Nothing more is to come.
    final void complete() {
        answer(Outcome.ACCEPTED);
    }

    @Override
    void settled() {
        done.run();
    }

    @Override
    boolean isRefusable() {
        return false;
    }
}
