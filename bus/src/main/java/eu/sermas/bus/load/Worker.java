package eu.sermas.bus.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One loop of the generator with its clients. Its turn: everything that came is read, which makes
/// publishers ready; then they publish; then every connection that was written to is flushed once.
///
/// Owned by its loop, all of it.
final class Worker implements Runnable {

    private static final int READ_BYTES = 256 * 1024;
    private static final int AT_ONCE = 64;
    private static final int CONNECT_MILLIS = 10_000;

    // For the whole run.
    private final EventLoop loop;
    private final Bootstrap bootstrap;
    private final ByteBuf reads;
    private final Problems problems;
    private final Tally tally = new Tally();
    private final Histogram latencies = new Histogram();
    private final Histogram acknowledgements = new Histogram();
    private final Histogram lags = new Histogram();
    private final List<Publisher> publishers = new ArrayList<>();

    // Of this phase.
    private final ArrayDeque<Link> toOpen = new ArrayDeque<>();
    private int opening;
    private boolean measuring;

    // Of this turn.
    private final ArrayDeque<Publisher> ready = new ArrayDeque<>();
    private final ArrayDeque<Outlet> dirty = new ArrayDeque<>();
    private boolean queued;
    private long now;

    Worker(
            EventLoop loop,
            Class<? extends SocketChannel> channel,
            int largestPayload,
            Problems problems) {
        this.loop = loop;
        this.problems = problems;
        this.reads = Unpooled.directBuffer(READ_BYTES + 2 * (largestPayload + READ_BYTES));
        this.bootstrap =
                new Bootstrap()
                        .group(loop)
                        .channel(channel)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                        .option(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(64 * 1024, 256 * 1024));
    }

    EventLoop loop() {
        return loop;
    }

    Bootstrap bootstrap() {
        return bootstrap;
    }

    ByteBuf reads() {
        return reads;
    }

    Tally tally() {
        return tally;
    }

    Problems problems() {
        return problems;
    }

    Histogram latencies() {
        return latencies;
    }

    Histogram acknowledgements() {
        return acknowledgements;
    }

    /// How late messages were sent in the open loop, by the generator's own fault.
    Histogram lags() {
        return lags;
    }

    List<Publisher> publishers() {
        return publishers;
    }

    /// Opens the connection, as soon as not too many are being opened.
    void open(Link link) {
        toOpen.add(link);
        openNext();
    }

    /// A connection is ready or has failed.
    void opened() {
        opening--;
        openNext();
    }

    private void openNext() {
        while (opening < AT_ONCE && !toOpen.isEmpty()) {
            opening++;
            toOpen.remove().open();
        }
    }

    void measure(boolean on) {
        if (on) {
            latencies.clear();
            acknowledgements.clear();
            lags.clear();
        }
        measuring = on;
    }

    boolean isMeasuring() {
        return measuring;
    }

    /// The time of the last read.
    long now() {
        return now;
    }

    void readAt(long nanoTime) {
        now = nanoTime;
    }

    void publishLater(Publisher publisher) {
        ready.add(publisher);
        queue();
    }

    void flushLater(Outlet outlet) {
        dirty.add(outlet);
        queue();
    }

    private void queue() {
        if (!queued) {
            queued = true;
            loop.execute(this);
        }
    }

    @Override
    public void run() {
        for (int i = ready.size(); i > 0; i--) {
            ready.remove().publish();
        }
        for (int i = dirty.size(); i > 0; i--) {
            dirty.remove().flush();
        }
        queued = false;
        if (!ready.isEmpty() || !dirty.isEmpty()) {
            queue();
        }
    }

    /// Calls the schedule when it is due next.
    void at(long nanoTime, Runnable task) {
        loop.schedule(task, Math.max(0, nanoTime - System.nanoTime()), TimeUnit.NANOSECONDS);
    }
}
