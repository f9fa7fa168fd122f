package eu.sermas.bus.transport;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/// Takes the bytes of MQTT out of binary frames, and answers the frames that are WebSocket's own.
/// What goes out is framed by [Outbound].
final class WebSocketFrames extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof WebSocketFrame frame)) {
            ctx.fireChannelRead(message);
            return;
        }
        switch (frame) {
            case BinaryWebSocketFrame data -> // the codec finds the packets in it [MQTT-6.0.0-2]
                    ctx.fireChannelRead(data.content());
            case ContinuationWebSocketFrame data -> ctx.fireChannelRead(data.content());
            case PingWebSocketFrame ping -> pong(ctx, ping);
            case PongWebSocketFrame pong -> pong.release();
            case CloseWebSocketFrame close -> close(ctx, close);
            default -> { // [MQTT-6.0.0-1]
                frame.release();
                close(ctx, new CloseWebSocketFrame(WebSocketCloseStatus.INVALID_MESSAGE_TYPE));
            }
        }
    }

    /// A peer that does not read its answers gets no more of them.
    private static void pong(ChannelHandlerContext ctx, PingWebSocketFrame ping) {
        if (ctx.channel().isWritable()) {
            ctx.writeAndFlush(new PongWebSocketFrame(ping.content()));
        } else {
            ping.release();
        }
    }

    private static void close(ChannelHandlerContext ctx, CloseWebSocketFrame answer) {
        ctx.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }
}
