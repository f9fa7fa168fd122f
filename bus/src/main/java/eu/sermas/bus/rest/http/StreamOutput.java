package eu.sermas.bus.rest.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// Writes an [EventStream] to a connection, a chunk at a time, on a thread that may wait: the next
/// is made when the last has been taken.
final class StreamOutput implements EventStream.Output {

    private static final long PATIENCE_SECONDS = 30;

    private final Channel channel;

    private StreamOutput(Channel channel) {
        this.channel = channel;
    }

    /// Writes the whole answer, then closes the connection.
    ///
    /// @param isHead whether only the head is asked for
    /// @param chunks whether the client knows them
    @SuppressWarnings("FutureReturnValueIgnored") // a failed write shows in the next, or in closing
    static void write(
            Channel channel,
            boolean isHead,
            boolean chunks,
            HttpResponse head,
            EventStream stream) {
        if (chunks) {
            HttpUtil.setTransferEncodingChunked(head, true);
        }
        channel.writeAndFlush(head);
        if (isHead) {
            stream.abandon();
        } else {
            stream.writeTo(new StreamOutput(channel));
        }
        channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
                .addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void write(byte[] bytes) throws IOException, InterruptedException {
        ChannelFuture written =
                channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)));
        if (!written.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            channel.close();
            throw new IOException("nothing taken for " + PATIENCE_SECONDS + " s");
        }
        if (!written.isSuccess()) {
            throw new IOException("connection closed", written.cause());
        }
    }

    @Override
    public boolean isOpen() {
        return channel.isActive();
    }
}
