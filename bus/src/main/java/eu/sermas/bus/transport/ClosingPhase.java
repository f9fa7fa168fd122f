package eu.sermas.bus.transport;

import eu.sermas.bus.codec.FrameDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
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

    private final ByteBuf last;
    private boolean inputEnded;
    private boolean outputEnded;
    private @Nullable Future<?> patience;

    private ClosingPhase(ByteBuf last) {
        this.last = last;
    }

    /// Everything for the client is written to the channel already, though maybe not flushed.
    static void enter(Channel channel) {
        enter(channel, FrameDecoder.NORMAL_CLOSURE);
    }

    /// @param status what the peer is told where this is a WebSocket
    static void enter(Channel channel, int status) {
        ChannelPipeline pipeline = channel.pipeline();
        ChannelHandler phase = pipeline.get(Phase.NAME);
        if (!channel.isActive() || phase == null) {
            channel.close();
        } else if (!(phase instanceof ClosingPhase)) {
            ByteBuf last =
                    pipeline.get(WebSocketFrames.class) == null
                            ? Unpooled.EMPTY_BUFFER
                            : WebSocketFrames.close(channel.alloc(), status);
            pipeline.replace(phase, Phase.NAME, new ClosingPhase(last));
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        Channel channel = ctx.channel();
        channel.config().setAutoRead(true);
        patience =
                ctx.executor().schedule(() -> channel.close(), LONGEST_SECONDS, TimeUnit.SECONDS);
        inputEnded = channel instanceof DuplexChannel socket && socket.isInputShutdown();
        ctx.writeAndFlush(last).addListener(_ -> endOutput(channel));
    }

    private void endOutput(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound().addListener(_ -> shutdown(channel));
        } else {
            shutdown(channel);
        }
    }

    private void shutdown(Channel channel) {
        outputEnded = true;
        if (!inputEnded && channel instanceof DuplexChannel socket && channel.isActive()) {
            socket.shutdownOutput();
        } else {
            channel.close();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            if (outputEnded) {
                ctx.close();
            }
        }
        ctx.fireUserEventTriggered(event);
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
