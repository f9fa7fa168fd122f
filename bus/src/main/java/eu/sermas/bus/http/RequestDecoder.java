package eu.sermas.bus.http;

import eu.sermas.bus.peer.InputEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes one object of the bytes at a time, and refuses what two programs may read in two ways: a
/// header field that goes on in the next line (RFC 9112 section 5.2), and a body with two lengths
/// (section 6.3).
final class RequestDecoder extends HttpRequestDecoder {

    private final Consumer<HttpMethod> requests;
    private final HeadCost cost;

    private @Nullable ChannelHandlerContext context;
    private boolean wanted = true;

    /// The event that tells that nothing more comes, until whoever reads has everything before it.
    private @Nullable Object end;

    // The head that is being read.
    private boolean inHead = true;
    private boolean atLineStart;
    private @Nullable String problem;

    /// @param requests is told the method of each request
    /// @param cost of the head that is being read
    RequestDecoder(HttpDecoderConfig config, Consumer<HttpMethod> requests, HeadCost cost) {
        super(config);
        this.requests = requests;
        this.cost = cost;
        setSingleDecode(true);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    /// Whether there are bytes that nothing was made of yet.
    boolean holdsBytes() {
        return actualReadableBytes() > 0;
    }

    /// Makes one more object of the bytes that are here.
    ///
    /// @return false where there are too few of them
    boolean decodeOne() throws Exception {
        ChannelHandlerContext ctx = Objects.requireNonNull(context);
        wanted = true;
        channelRead(ctx, Unpooled.EMPTY_BUFFER);
        boolean made = !wanted;
        wanted = false;
        if (made) {
            ctx.fireChannelReadComplete();
        }
        return made;
    }

    /// Makes one object of the bytes that come next. One read of the socket may bring them in
    /// several buffers; those behind the object wait.
    void decodeNext() {
        wanted = true;
    }

    /// The end of the input stands behind all that is here, so it waits until that is asked for.
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (!InputEnd.isToldBy(event)) {
            super.userEventTriggered(ctx, event);
            return;
        }
        end = event;
        if (wanted) {
            tellsItsEnd();
        }
    }

    /// Tells whoever reads that nothing more comes.
    ///
    /// @return whether it is so
    boolean tellsItsEnd() {
        Object event = end;
        if (event == null) {
            return false;
        }
        Objects.requireNonNull(context).fireUserEventTriggered(event);
        return true;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        if (wanted) {
            super.channelReadComplete(ctx); // which reads on where that was too little
        } else {
            ctx.fireChannelReadComplete();
        }
    }

    @Override
    protected void callDecode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (wanted) {
            super.callDecode(ctx, in, out);
        } else {
            cost.read(0, in.readableBytes());
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
            throws Exception {
        int known = out.size();
        int from = in.readerIndex();
        super.decode(ctx, in, out);
        if (inHead) {
            lookForFolds(in, from, in.readerIndex());
            cost.read(in.readerIndex() - from, in.readableBytes());
        }
        for (int i = known; i < out.size(); i++) {
            made(out.get(i));
        }
    }

    private void made(Object object) {
        wanted = false;
        cost.complete();
        if (object instanceof HttpRequest request) {
            requests.accept(request.method());
            if (problem != null && request.decoderResult().isSuccess()) {
                request.setDecoderResult(
                        DecoderResult.failure(new MalformedRequestException(problem)));
            }
            inHead = false;
        }
        if (object instanceof LastHttpContent) {
            inHead = true;
            atLineStart = false;
            problem = null;
        }
    }

    private void lookForFolds(ByteBuf in, int from, int to) {
        if (from == to) {
            return;
        }
        boolean folded = atLineStart && isBlank(in.getByte(from));
        for (int at = in.indexOf(from, to, (byte) '\n');
                at >= 0 && at + 1 < to;
                at = in.indexOf(at + 1, to, (byte) '\n')) {
            folded |= isBlank(in.getByte(at + 1));
        }
        if (folded) {
            problem = "header field: goes on in the next line (expected: one line each)";
        }
        atLineStart = in.getByte(to - 1) == '\n';
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
        cost.complete();
        tellsItsEnd();
        super.handlerRemoved0(ctx);
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        super.handleTransferEncodingChunkedWithContentLength(message);
        problem = "Content-Length: beside Transfer-Encoding (expected: one of them)";
    }
}
