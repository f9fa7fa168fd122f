package eu.sermas.bus.transport;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Closes an HTTP connection on which a peer takes too long: for the header of a request (counted
/// from the end of the response before, so this is the idle timeout too), for its body, or for
/// taking the response. While the server works there is no limit here.
final class HttpTimeouts extends ChannelDuplexHandler {

    private final TransportLimits limits;
    private int unanswered;
    private boolean informational;
    private @Nullable Future<?> expiry;

    HttpTimeouts(TransportLimits limits) {
        this.limits = limits;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        expect(ctx, limits.connectTimeout());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest) {
            unanswered++;
            expect(ctx, limits.requestTimeout());
        }
        if (message instanceof LastHttpContent) {
            cancel();
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response) {
            informational = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        }
        if (message instanceof LastHttpContent && !informational) {
            expect(ctx, limits.requestTimeout());
            promise = promise.unvoid();
            promise.addListener(_ -> answered(ctx));
        }
        ctx.write(message, promise);
    }

    private void answered(ChannelHandlerContext ctx) {
        unanswered = Math.max(0, unanswered - 1);
        cancel();
        if (unanswered == 0 && !ctx.isRemoved()) {
            expect(ctx, limits.idleTimeout());
        }
    }

    private void expect(ChannelHandlerContext ctx, Duration time) {
        cancel();
        expiry = ctx.executor().schedule(() -> ctx.close(), time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void cancel() {
        Future<?> scheduled = expiry;
        if (scheduled != null) {
            scheduled.cancel(false);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        cancel();
    }
}
