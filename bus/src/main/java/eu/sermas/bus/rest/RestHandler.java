package eu.sermas.bus.rest;

import eu.sermas.bus.http.MalformedRequestException;
import eu.sermas.bus.http.Origins;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The HTTP of one connection: gathers a request, has it answered on a virtual thread, writes the
/// answer, and only then looks at the next request. That alone keeps the answers of pipelined
/// requests in order, slows down a client that does not read, and holds one body per connection at
/// most. What one read of the socket brought beyond the request in work waits in a queue; more is
/// not read.
///
/// A request that is refused before it is complete is answered at once; what still comes of it is
/// thrown away for a while, because closing a socket with unread bytes resets it, and the reset
/// could overtake the answer.
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close shows as channelInactive
final class RestHandler extends ChannelInboundHandlerAdapter {

    private static final int LINGER_SECONDS = 5;

    // Process.
    private final RestLimits limits;
    private final Origins origins;
    private final Load load;
    private final RestDispatcher dispatcher;

    // The connection. On the event loop.
    private final Queue<Object> waiting = new ArrayDeque<>();
    private boolean answering;
    private boolean streaming;
    private boolean malformed;

    // The request that is being read. On the event loop.
    private @Nullable HttpRequest head;
    private @Nullable String origin;
    private ByteArrayOutputStream body = new ByteArrayOutputStream(0);
    private boolean refused;

    RestHandler(RestLimits limits, Origins origins, Load load, RestDispatcher dispatcher) {
        this.limits = limits;
        this.origins = origins;
        this.load = load;
        this.dispatcher = dispatcher;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(false);
        ctx.read();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        dropBody();
        ctx.channel().config().setAutoRead(true);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
        if (streaming) {
            ReferenceCountUtil.release(message);
        } else if (answering) {
            waiting.add(message);
        } else {
            take(ctx, message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!answering || streaming) {
            ctx.read();
        }
    }

    private void answered(ChannelHandlerContext ctx) throws IOException {
        answering = false;
        while (!answering && !waiting.isEmpty()) {
            take(ctx, waiting.remove());
        }
        channelReadComplete(ctx);
    }

    private void take(ChannelHandlerContext ctx, Object message) throws IOException {
        if (message instanceof HttpRequest request) {
            begin(ctx, request);
        }
        if (message instanceof HttpContent content) {
            try {
                append(ctx, content);
            } finally {
                content.release();
            }
        }
        if (message instanceof LastHttpContent) {
            complete(ctx);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            Errors.unexpected(cause);
        }
        ctx.close();
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest request) {
        head = request;
        origin = request.headers().get(HttpHeaderNames.ORIGIN);
        body = new ByteArrayOutputStream(0);
        refused = false;
        if (request.decoderResult().isFailure()) {
            giveUp(ctx, request, malformed(request.decoderResult().cause()));
            return;
        }
        ErrorBody problem = problemOf(request);
        if (problem != null) {
            refuse(ctx, request, problem);
        } else if (HttpUtil.is100ContinueExpected(request)) {
            ctx.writeAndFlush(
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
    }

    private @Nullable ErrorBody problemOf(HttpRequest request) {
        if (request.headers().contains(HttpHeaderNames.EXPECT)
                && !HttpUtil.is100ContinueExpected(request)) {
            return ErrorBody.of(417);
        }
        if (request.protocolVersion().isKeepAliveDefault()
                && request.headers().getAll(HttpHeaderNames.HOST).size() != 1) {
            return ErrorBody.of(400, "Host: expected exactly one");
        }
        String target = RequestTarget.problemOf(request.uri());
        if (target != null && !isForServer(request)) {
            return ErrorBody.of(400, target);
        }
        String foreign = origins.refusal(request.headers());
        if (foreign != null) {
            return ErrorBody.of(403, foreign);
        }
        return HttpUtil.getContentLength(request, 0L) > limits.maxBodyBytes() ? tooLarge() : null;
    }

    /// `OPTIONS *`, RFC 9112 section 3.2.4.
    private static boolean isForServer(HttpRequest request) {
        return request.method().equals(HttpMethod.OPTIONS) && request.uri().equals("*");
    }

    private static ErrorBody malformed(Throwable cause) {
        return switch (cause) {
            case MalformedRequestException e -> ErrorBody.of(400, String.valueOf(e.getMessage()));
            case TooLongHttpLineException _ -> ErrorBody.of(414);
            case TooLongHttpHeaderException _ -> ErrorBody.of(431);
            default -> ErrorBody.of(400, "malformed HTTP request");
        };
    }

    private static ErrorBody tooLarge() {
        return ErrorBody.plain(413, "request entity too large");
    }

    private void append(ChannelHandlerContext ctx, HttpContent content) throws IOException {
        int length = content.content().readableBytes();
        HttpRequest request = head;
        if (refused || request == null || (length == 0 && content.decoderResult().isSuccess())) {
            return;
        }
        if (content.decoderResult().isFailure()) {
            giveUp(ctx, request, malformed(content.decoderResult().cause()));
        } else if (body.size() + length > limits.maxBodyBytes()) {
            refuse(ctx, request, tooLarge());
        } else if (!load.tryHold(length)) {
            refuse(ctx, request, ErrorBody.of(503, "too many requests at once"));
        } else {
            content.content().readBytes(body, length);
        }
    }

    private ChannelFuture refuse(
            ChannelHandlerContext ctx, HttpRequest request, ErrorBody problem) {
        refused = true;
        dropBody();
        ChannelFuture written = write(ctx, Answer.of(problem), false);
        if (HttpUtil.is100ContinueExpected(request)) {
            written.addListener(ChannelFutureListener.CLOSE); // nothing more comes
        } else {
            ctx.executor().schedule(() -> ctx.close(), LINGER_SECONDS, TimeUnit.SECONDS);
        }
        return written;
    }

    /// Refuses what is no HTTP: where it ends nobody knows, so the client is to end it.
    private void giveUp(ChannelHandlerContext ctx, HttpRequest request, ErrorBody problem) {
        malformed = true;
        refuse(ctx, request, problem).addListener(_ -> endOutput(ctx.channel()));
    }

    /// Nothing more is said, but what still comes is read: a socket that is closed while bytes of
    /// the client lie unread is reset, and the reset may overtake the answer.
    private static void endOutput(Channel channel) {
        if (channel instanceof DuplexChannel socket
                && channel.isActive()
                && channel.pipeline().get(SslHandler.class) == null) {
            socket.shutdownOutput();
        }
    }

    private void dropBody() {
        load.letGo(body.size());
        body = new ByteArrayOutputStream(0);
    }

    private void complete(ChannelHandlerContext ctx) {
        HttpRequest request = head;
        head = null;
        if (malformed) {
            return;
        }
        if (refused || request == null) {
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        answering = true;
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        if (request.method().equals(HttpMethod.OPTIONS)) {
            dropBody();
            answerThenNext(ctx, write(ctx, preflight(request), keepAlive), keepAlive);
        } else if (!load.tryBegin()) {
            dropBody();
            Answer busy = Answer.of(ErrorBody.of(503, "too many requests at once"));
            answerThenNext(ctx, write(ctx, busy, keepAlive), keepAlive);
        } else {
            dispatch(ctx, request, keepAlive);
        }
    }

    /// From here on the body belongs to the request's own thread, which gives everything back.
    private void dispatch(ChannelHandlerContext ctx, HttpRequest request, boolean keepAlive) {
        byte[] bytes = body.toByteArray();
        body = new ByteArrayOutputStream(0);
        Call call =
                new Call(
                        request.method().name(),
                        request.uri(),
                        request.headers().get(HttpHeaderNames.AUTHORIZATION),
                        request.headers().get("Last-Event-ID"),
                        request.headers().get(HttpHeaderNames.ACCEPT),
                        request.headers().get(HttpHeaderNames.CONTENT_TYPE),
                        bytes,
                        addressOf(ctx));
        dispatcher.execute(
                () -> {
                    Answer answer;
                    try {
                        answer = dispatcher.call(call);
                    } finally {
                        load.letGo(bytes.length);
                        load.end();
                    }
                    EventStream stream = answer.stream();
                    if (stream == null) {
                        answerThenNext(ctx, write(ctx, answer, keepAlive), keepAlive);
                    } else {
                        stream(ctx, request, answer, stream);
                    }
                });
    }

    /// Writes an answer that goes on, on the calling thread; the connection ends with it. What the
    /// client still says is read, to learn when it goes, and thrown away.
    private void stream(
            ChannelHandlerContext ctx, HttpRequest request, Answer answer, EventStream stream) {
        ctx.executor()
                .execute(
                        () -> {
                            streaming = true;
                            channelReadComplete(ctx);
                        });
        HttpResponse head =
                new DefaultHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
        setHeaders(head, answer);
        HttpUtil.setKeepAlive(head, false);
        StreamOutput.write(ctx.channel(), request, head, stream);
    }

    private void answerThenNext(
            ChannelHandlerContext ctx, ChannelFuture written, boolean keepAlive) {
        written.addListener(
                future -> {
                    if (keepAlive && future.isSuccess()) {
                        answered(ctx);
                    } else {
                        ctx.close();
                    }
                });
    }

    private ChannelFuture write(ChannelHandlerContext ctx, Answer answer, boolean keepAlive) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.valueOf(answer.status()),
                        Unpooled.wrappedBuffer(answer.body()));
        setHeaders(response, answer);
        if (answer.status() != 204) {
            HttpUtil.setContentLength(response, answer.body().length);
        }
        HttpUtil.setKeepAlive(response, keepAlive);
        return ctx.writeAndFlush(response);
    }

    private void setHeaders(HttpResponse response, Answer answer) {
        response.headers()
                .set("X-Content-Type-Options", "nosniff")
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
        answer.headers().forEach(response.headers()::set);
        origins.tell(response.headers(), origin);
    }

    private static Answer preflight(HttpRequest request) {
        return Cors.preflight(
                request.headers().get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS));
    }

    private static String addressOf(ChannelHandlerContext ctx) {
        return ctx.channel().remoteAddress() instanceof InetSocketAddress remote
                ? remote.getAddress().getHostAddress()
                : "local";
    }
}
