package eu.sermas.bus.transport;

import eu.sermas.bus.codec.FrameDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Takes the bytes of MQTT out of the frames of a client, and answers the frames that are
/// WebSocket's own. What goes out is framed by [Outbound].
@SuppressWarnings("FutureReturnValueIgnored") // a failed write shows as channelInactive
final class WebSocketFrames extends ChannelInboundHandlerAdapter {

    private static final int FINAL = 0x80;
    private static final int MOST_UNREAD = 4096;

    private final FrameDecoder frames = new FrameDecoder(true);

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        int status = frames.decode(in, in.readerIndex());
        byte[] ping = frames.takePing();
        // A peer that does not read its answers gets no more of them.
        if (ping != null && Backlog.of(ctx.channel()) < MOST_UNREAD) {
            ctx.writeAndFlush(control(ctx.alloc(), FrameDecoder.PONG, ping));
        }
        if (in.isReadable()) {
            ctx.fireChannelRead(in);
        } else {
            in.release();
        }
        if (status != 0) {
            ClosingPhase.enter(ctx.channel(), status);
        }
    }

    /// The frame that ends a WebSocket from this side.
    static ByteBuf close(ByteBufAllocator allocator, int status) {
        return control(
                allocator,
                FrameDecoder.CLOSE,
                new byte[] {(byte) (status >>> Byte.SIZE), (byte) status});
    }

    private static ByteBuf control(ByteBufAllocator allocator, int opcode, byte[] content) {
        return allocator
                .buffer(2 + content.length)
                .writeByte(FINAL | opcode)
                .writeByte(content.length)
                .writeBytes(content);
    }
}
