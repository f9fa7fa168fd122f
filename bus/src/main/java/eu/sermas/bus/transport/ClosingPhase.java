package eu.sermas.bus.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The end of a connection that the server closes. A socket that is closed while bytes of the peer
/// lie unread is reset, and the reset may overtake the last packet: the client would never learn
/// why. So this side ends its own half once all is written, reads what still comes and forgets it,
/// until the client ends its half or has had time enough.
final class ClosingPhase extends ChannelInboundHandlerAdapter {

    private static final int LONGEST_SECONDS = 3;

    private final boolean webSocket;
    private @Nullable Future<?> patience;

    private ClosingPhase(boolean webSocket) {
        this.webSocket = webSocket;
    }

    /// Everything for the client is written to the channel already, though maybe not flushed.
    static void enter(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        if (!channel.isActive() || pipeline.get(Phase.NAME) == null) {
            channel.close();
            return;
        }
        boolean webSocket = pipeline.get(WebSocketFrames.class) != null;
        pipeline.replace(Phase.NAME, Phase.NAME, new ClosingPhase(webSocket));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        Channel channel = ctx.channel();
        channel.config().setAutoRead(true);
        patience =
                ctx.executor().schedule(() -> channel.close(), LONGEST_SECONDS, TimeUnit.SECONDS);
        ctx.writeAndFlush(
                        webSocket
                                ? new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE)
                                : Unpooled.EMPTY_BUFFER)
                .addListener(_ -> endOutput(channel));
    }

    private static void endOutput(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound().addListener(_ -> shutdown(channel));
        } else {
            shutdown(channel);
        }
    }

    private static void shutdown(Channel channel) {
        if (channel instanceof DuplexChannel socket && channel.isActive()) {
            socket.shutdownOutput();
        } else {
            channel.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        Future<?> scheduled = patience;
        if (scheduled != null) {
            scheduled.cancel(false);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
