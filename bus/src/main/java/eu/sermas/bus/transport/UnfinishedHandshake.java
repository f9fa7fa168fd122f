package eu.sermas.bus.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.ByteToMessageDecoder.Cumulator;
import io.netty.handler.ssl.SslHandler;

/// Gathers the records of a TLS handshake that one read does not bring whole, and counts them as
/// [Inbound] counts the bytes of a packet. What is gathered in is as large as what has come.
///
/// After the handshake a record, of 16 KiB at most, is gathered as usual.
final class UnfinishedHandshake implements Cumulator {

    private final Pipelines pipelines;
    private final Channel channel;
    private final InputAllowance allowance;

    private UnfinishedHandshake(Pipelines pipelines, Channel channel, InputAllowance allowance) {
        this.pipelines = pipelines;
        this.channel = channel;
        this.allowance = allowance;
    }

    /// Counts for a handler that is not in its pipeline yet.
    static void countFor(SslHandler handler, Pipelines pipelines, Channel channel) {
        InputAllowance allowance = pipelines.input().beforeLogin(channel);
        handler.setCumulator(new UnfinishedHandshake(pipelines, channel, allowance));
        // The end of the connection fails the handshake.
        handler.handshakeFuture()
                .addListener(
                        _ -> {
                            handler.setCumulator(ByteToMessageDecoder.MERGE_CUMULATOR);
                            allowance.close();
                        });
    }

    @Override
    public ByteBuf cumulate(ByteBufAllocator allocator, ByteBuf before, ByteBuf more) {
        if (!before.isReadable()) {
            before.release();
            return more;
        }
        int size = before.readableBytes() + more.readableBytes();
        if (size > allowance.free() && allowance.take(size) != InputAllowance.Answer.TAKEN) {
            pipelines.drop(channel, "no room for a TLS handshake that is not all there");
        }
        ByteBuf both = allocator.buffer(size).writeBytes(before).writeBytes(more);
        before.release();
        more.release();
        return both;
    }
}
