package eu.sermas.bus.transport;

import eu.sermas.bus.budget.AddressOwner;
import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.metrics.Metrics;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.group.ChannelGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stands before every listener and closes at once what comes too fast from one [AddressOwner], or
/// would be one connection too many. What a proxy brings counts when it is known for whom.
///
/// Owned by the one loop that accepts.
@Sharable
final class AcceptGate extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptGate.class);
    private static final long SECOND = 1_000_000_000L;

    private final TransportLimits limits;
    private final ChannelGroup open;
    private final Metrics metrics;
    private final LongSupplier nanoTime;
    private final Executor loop;
    private final Predicate<InetAddress> isProxy;

    private final Map<String, Integer> accepted = new HashMap<>();
    private long second;
    private int dropped;

    /// @param loop that accepts
    /// @param isProxy whose connections are those of others
    AcceptGate(
            TransportLimits limits,
            ChannelGroup open,
            Metrics metrics,
            LongSupplier nanoTime,
            Executor loop,
            Predicate<InetAddress> isProxy) {
        this.loop = loop;
        this.isProxy = isProxy;
        this.limits = limits;
        this.open = open;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Channel child = (Channel) message;
        if (mayEnter(child)) {
            ctx.fireChannelRead(message);
        } else {
            dropped++;
            metrics.increment(Count.CONNECTIONS_DROPPED);
            child.unsafe().closeForcibly();
        }
    }

    private boolean mayEnter(Channel child) {
        turnOfSecond();
        if (open.size() >= limits.maxConnections()) {
            return false;
        }
        return !(child.remoteAddress() instanceof InetSocketAddress address)
                || isProxy.test(address.getAddress())
                || isInTime(address.getAddress());
    }

    private boolean isInTime(InetAddress address) {
        return (address.isLoopbackAddress() && !limits.loopbackToo())
                || accepted.merge(AddressOwner.of(address), 1, Integer::sum)
                        <= limits.connectionsPerSecond();
    }

    /// A connection that a proxy has brought is this client's. From any thread.
    void entered(Channel channel, InetAddress client) {
        loop.execute(
                () -> {
                    turnOfSecond();
                    if (!isInTime(client)) {
                        dropped++;
                        metrics.increment(Count.CONNECTIONS_DROPPED);
                        channel.close();
                    }
                });
    }

    private void turnOfSecond() {
        long now = nanoTime.getAsLong() / SECOND;
        if (now == second) {
            return;
        }
        if (dropped > 0) {
            LOG.info(
                    "{} connections closed at the door (expected: at most {} open, and {} per"
                            + " second and address)",
                    dropped,
                    limits.maxConnections(),
                    limits.connectionsPerSecond());
        }
        second = now;
        dropped = 0;
        accepted.clear();
    }
}
