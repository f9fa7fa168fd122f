package eu.sermas.bus.transport;

import eu.sermas.bus.budget.Share;
import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.metrics.Metrics;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;

/// The connections of one loop that have something to flush. The first one in a turn of the loop
/// queues one task behind everything that the loop has to do already; that task flushes all of
/// them. So a run of messages to one receiver, or one message to many, costs one system call per
/// receiver.
///
/// Also adds up what the loop has written, so that the shared counters are touched once per turn.
/// Owned by its loop.
final class Turn implements Runnable {

    private final EventLoop loop;
    private final Metrics metrics;
    private final ArrayDeque<MqttConnection> dirty = new ArrayDeque<>();
    private final PublishCache publishes = new PublishCache();
    private final IdentityHashMap<Share, OutputPurse> purses = new IdentityHashMap<>();
    private boolean queued;
    private long packets;
    private long bytes;

    Turn(EventLoop loop, Metrics metrics) {
        this.loop = loop;
        this.metrics = metrics;
    }

    /// Flushes this connection at the end of the turn. The caller sees to it that it is added once.
    void add(MqttConnection connection) {
        assert loop.inEventLoop();
        dirty.add(connection);
        queue();
    }

    private void queue() {
        if (!queued) {
            queued = true;
            loop.execute(this);
        }
    }

    void written(long packets, long bytes) {
        this.packets += packets;
        this.bytes += bytes;
    }

    PublishCache publishes() {
        return publishes;
    }

    /// The purse of this loop for a share, which is opened for it and closed when it is unused.
    OutputPurse purse(Share opened) {
        assert loop.inEventLoop();
        OutputPurse known = purses.get(opened);
        if (known != null) {
            opened.close(); // the purse has it open already
            return known;
        }
        OutputPurse fresh =
                new OutputPurse(
                        opened,
                        () -> {
                            purses.remove(opened);
                            opened.close();
                        });
        purses.put(opened, fresh);
        return fresh;
    }

    @Override
    public void run() {
        queued = false;
        // Those that become dirty meanwhile wait for the next turn.
        for (int i = dirty.size(); i > 0; i--) {
            dirty.remove().endTurn();
        }
        publishes.clear();
        metrics.add(Count.PACKETS_SENT, packets);
        metrics.add(Count.BYTES_SENT, bytes);
        packets = 0;
        bytes = 0;
    }
}
