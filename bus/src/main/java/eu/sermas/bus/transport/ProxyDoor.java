package eu.sermas.bus.transport;

import eu.sermas.bus.peer.InputEnd;
import eu.sermas.bus.peer.ProxyHeader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetSocketAddress;
import java.util.List;

/// Reads the PROXY header in front of a connection that comes from a proxy, and leaves. What stands
/// behind it may be anything that comes without a proxy, TLS too. Nothing is let in without it: the
/// client behind the proxy could write one of its own.
///
/// The time for it is that of the first byte, until [ConnectDeadline].
final class ProxyDoor extends ByteToMessageDecoder {

    private final Pipelines pipelines;

    ProxyDoor(Pipelines pipelines) {
        this.pipelines = pipelines;
        setSingleDecode(true);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        switch (ProxyHeader.read(in)) {
            case ProxyHeader.Incomplete _ -> {}
            case ProxyHeader.Malformed(String reason) -> {
                in.skipBytes(in.readableBytes());
                pipelines.drop(ctx.channel(), reason);
            }
            case ProxyHeader.Complete(InetSocketAddress client) -> {
                if (client != null) {
                    pipelines.comesFrom(ctx.channel(), client);
                }
                ctx.pipeline().remove(this);
            }
        }
    }

    /// A header that is not all there will not be; checks of health look in like that.
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (InputEnd.isToldBy(event)) {
            ctx.close();
        } else {
            super.userEventTriggered(ctx, event);
        }
    }
}
