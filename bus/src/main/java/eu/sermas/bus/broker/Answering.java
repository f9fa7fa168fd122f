package eu.sermas.bus.broker;

import eu.sermas.bus.journal.Stored;
import eu.sermas.bus.session.Outcome;

/// Passes on to the publisher what becomes of its message on the disk.
///
/// @param at the loop where the message is kept
/// @param to the loop of the publisher
record Answering(Shard at, Shard to, Receipt receipt, Outcome outcome) implements Stored.Listener {

    @Override
    public void safe() {
        answer(outcome);
    }

    @Override
    public boolean failed(String reason) {
        if (!receipt.isRefusable()) {
            return false;
        }
        answer(Outcome.NOT_STORABLE);
        return true;
    }

    private void answer(Outcome result) {
        if (at == to) {
            receipt.answer(result);
        } else {
            at.outbox(to.index()).answer(receipt, result);
        }
    }
}
