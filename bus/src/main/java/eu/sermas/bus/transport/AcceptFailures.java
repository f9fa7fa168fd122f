package eu.sermas.bus.transport;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Behind every listener: what the system does not let us accept, mostly because the process has as
/// many descriptors as it may. Netty tries again each second, and without this handler would say so
/// each second with a stack trace. Owned by the one loop that accepts.
@Sharable
final class AcceptFailures extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptFailures.class);
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier nanoTime;
    private long failures;
    private long toldAt;

    AcceptFailures(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.toldAt = nanoTime.getAsLong() - MINUTE;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failures++;
        long now = nanoTime.getAsLong();
        if (now - toldAt >= MINUTE) {
            LOG.warn(
                    "connections wait at the door, {} failures to accept one since the last such line: {}",
                    failures,
                    cause.getMessage());
            toldAt = now;
            failures = 0;
        }
    }
}
