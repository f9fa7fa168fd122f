package eu.sermas.bus.transport;

import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.metrics.Metrics;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Closes a connection that has not shown in time what it is: no first byte, no end of the TLS
/// handshake, no complete CONNECT. Whoever knows what the connection is removes this handler.
final class ConnectDeadline extends ChannelInboundHandlerAdapter {

    private static final String NAME = "deadline";

    private final Duration time;
    private final Metrics metrics;
    private @Nullable Future<?> expiry;

    private ConnectDeadline(Duration time, Metrics metrics) {
        this.time = time;
        this.metrics = metrics;
    }

    /// From now.
    static void set(ChannelPipeline pipeline, Duration time, Metrics metrics) {
        pipeline.addFirst(NAME, new ConnectDeadline(time, metrics));
    }

    static void met(ChannelPipeline pipeline) {
        if (pipeline.get(NAME) != null) {
            pipeline.remove(NAME);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        expiry =
                ctx.executor()
                        .schedule(
                                () -> {
                                    metrics.increment(Count.CONNECTIONS_DROPPED);
                                    ctx.close();
                                },
                                time.toMillis(),
                                TimeUnit.MILLISECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        Future<?> scheduled = expiry;
        if (scheduled != null) {
            scheduled.cancel(false);
        }
    }
}
