package eu.sermas.bus.transport;

import eu.sermas.bus.broker.EventLoop;
import eu.sermas.bus.metrics.Metrics;
import java.util.concurrent.TimeUnit;

/// One network thread, as the broker sees it.
public final class NettyEventLoop implements EventLoop {

    private final io.netty.channel.EventLoop loop;
    private final Turn turn;

    NettyEventLoop(io.netty.channel.EventLoop loop, Metrics metrics) {
        this.loop = loop;
        this.turn = new Turn(loop, metrics);
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public void schedule(Runnable task, long delayMillis) {
        loop.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public boolean inEventLoop() {
        return loop.inEventLoop();
    }

    io.netty.channel.EventLoop netty() {
        return loop;
    }

    Turn turn() {
        return turn;
    }
}
