package eu.sermas.bus.broker;

import java.util.ArrayList;
import java.util.List;

/// Waits until all is here that other loops had for this one at a moment: they are asked, and each
/// answers behind what it had. One question at a time, for all who wait.
///
/// Owned by one event loop.
final class Transit {

    private final Shard shard;
    private List<Runnable> waiting = new ArrayList<>(0);
    private List<Runnable> asking = List.of();
    private int missing;

    Transit(Shard shard) {
        this.shard = shard;
    }

    /// @param then runs at once where there is no other loop
    void await(Runnable then) {
        waiting.add(then);
        if (missing == 0) {
            ask();
        }
    }

    private void ask() {
        asking = waiting;
        waiting = new ArrayList<>(0);
        List<Shard> others = shard.others();
        missing = others.size();
        others.forEach(other -> other.loop().execute(() -> answer(other)));
        if (missing == 0) {
            done();
        }
    }

    /// On the other loop.
    private void answer(Shard other) {
        other.outbox(shard.index()).handOver();
        shard.loop().execute(this::answered);
    }

    private void answered() {
        missing--;
        if (missing == 0) {
            done();
            if (missing == 0 && !waiting.isEmpty()) {
                ask();
            }
        }
    }

    private void done() {
        List<Runnable> all = asking;
        asking = List.of();
        all.forEach(Runnable::run);
    }
}
