package eu.sermas.bus.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Stands before what decodes HTTP and counts the bytes of a request whose head is not all there,
/// as [Inbound] counts those of a packet. A head that one read brings whole costs nothing; what
/// comes behind it, the body, is the business of those who take it.
final class UnfinishedHead extends ChannelInboundHandlerAdapter {

    private final Pipelines pipelines;
    private final InputAllowance allowance;
    private boolean inHead = true;
    private int come;

    UnfinishedHead(Pipelines pipelines, InputAllowance allowance) {
        this.pipelines = pipelines;
        this.allowance = allowance;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (inHead && message instanceof ByteBuf in) {
            come += in.readableBytes();
        }
        ctx.fireChannelRead(message);
        if (inHead
                && come > allowance.free()
                && allowance.take(come) != InputAllowance.Answer.TAKEN) {
            pipelines.drop(
                    ctx.channel(), "no room for the head of a request that is not all there");
        }
    }

    /// The head is there.
    void ended() {
        inHead = false;
        come = 0;
        allowance.giveBack();
    }

    /// The request is there: what comes next is another one.
    void nextBegins() {
        inHead = true;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        inHead = false;
        allowance.close();
    }
}
