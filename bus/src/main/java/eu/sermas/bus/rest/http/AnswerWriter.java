package eu.sermas.bus.rest.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/// Writes one answer, a part at a time: the next one when the client has taken the last, so that
/// what waits in the network for a client that does not read is one part. Who takes none for too
/// long is cut off. On the event loop.
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close shows in the promise
final class AnswerWriter {

    private static final long PATIENCE_SECONDS = 30;

    private final ChannelHandlerContext ctx;
    private final Iterator<byte[]> parts;
    private final ChannelPromise written;

    private AnswerWriter(ChannelHandlerContext ctx, AnswerBody body, ChannelPromise written) {
        this.ctx = ctx;
        this.parts = body.parts().iterator();
        this.written = written;
    }

    /// @param headers complete
    /// @param written completes when the last byte has left
    static void write(
            ChannelHandlerContext ctx,
            HttpResponseStatus status,
            HttpHeaders headers,
            AnswerBody body,
            ChannelPromise written) {
        if (body.parts().size() <= 1) {
            byte[] only = body.parts().isEmpty() ? new byte[0] : body.parts().getFirst();
            HttpResponse whole =
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(only));
            whole.headers().set(headers);
            ctx.writeAndFlush(whole, written);
            return;
        }
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status);
        head.headers().set(headers);
        ctx.write(head);
        new AnswerWriter(ctx, body, written).next();
    }

    private void next() {
        if (!parts.hasNext()) {
            ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT, written);
            return;
        }
        Future<?> patience =
                ctx.executor().schedule(() -> ctx.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
        ctx.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(parts.next())))
                .addListener(
                        part -> {
                            patience.cancel(false);
                            if (part.isSuccess()) {
                                next();
                            } else {
                                written.tryFailure(part.cause());
                            }
                        });
    }
}
