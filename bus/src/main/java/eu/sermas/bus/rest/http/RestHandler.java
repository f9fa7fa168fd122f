package eu.sermas.bus.rest.http;

import eu.sermas.bus.http.Holding;
import eu.sermas.bus.http.HttpBudget;
import eu.sermas.bus.http.HttpRules;
import eu.sermas.bus.http.MalformedRequestException;
import eu.sermas.bus.peer.ClientAddress;
import eu.sermas.bus.peer.InputEnd;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
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
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The HTTP of one connection: has a request answered on a virtual thread as soon as its head is
/// there, reads its body when that thread asks for it, writes the answer, and only then looks at
/// the next request. That alone keeps the answers of pipelined requests in order, slows down a
/// client that does not read, and holds one body per connection at most.
///
/// Where a request is answered without its body, what still comes of that is thrown away for a
/// while, because closing a socket with unread bytes resets it, and the reset could overtake the
/// answer.
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close shows as channelInactive
public final class RestHandler extends ChannelInboundHandlerAdapter {

    private static final int LINGER_SECONDS = 5;

    /// An unread body that is no longer is read to its end, so that the connection can go on.
    private static final int LITTLE = 64 * 1_024;

    /// What comes next on the connection.
    private enum Stage {
        /// A request.
        HEAD,
        /// Nothing that anybody wants before the answer, unless it is the body.
        ANSWER,
        /// The rest of a body that nobody wants, and then a request.
        REST,
        /// Whatever it is, it is thrown away: the last answer is being written.
        END,
        /// The same, but that answer goes on for as long as the client is there.
        STREAM,
        /// The same for a while, since that is written.
        LINGER
    }

    // Process.
    private final HttpRules rules;
    private final RestDispatcher dispatcher;
    private final Accounts accounts;

    // The connection. On the event loop.
    private Stage stage = Stage.HEAD;
    private boolean inputEnded;

    // The request in work. On the event loop.
    private @Nullable RequestBody body;
    private @Nullable String origin;
    private boolean closes;

    public RestHandler(HttpRules rules, RestDispatcher dispatcher, Accounts accounts) {
        this.accounts = accounts;
        this.rules = rules;
        this.dispatcher = dispatcher;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(false);
        ctx.read();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        cutOff();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        cutOff();
        ctx.fireChannelInactive();
    }

    /// A client that sends no more gets the answers to what it has sent. Only of a stream nobody
    /// knows whether it still reads, and one that is gone would hold its place for a while, so that
    /// ends, as it does behind most proxies.
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (InputEnd.isToldBy(event)) {
            inputEnded = true;
            cutOff();
            switch (stage) {
                case HEAD, REST, STREAM, LINGER -> ctx.close();
                case ANSWER, END -> {} // closed behind the answer
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    private void cutOff() {
        RequestBody awaited = body;
        if (awaited != null) {
            awaited.cutOff(Refused.badRequest("body: cut off"));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (stage == Stage.HEAD && message instanceof HttpRequest request) {
                begin(ctx, request);
            }
            RequestBody current = body;
            if (message instanceof HttpContent content && current != null) {
                append(ctx, current, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void append(ChannelHandlerContext ctx, RequestBody current, HttpContent content) {
        if (content.decoderResult().isFailure()) {
            closes = true;
            current.cutOff(Refused.badRequest("malformed HTTP request"));
            if (stage == Stage.REST) {
                ctx.close();
            }
            return;
        }
        current.append(content.content());
        if (content instanceof LastHttpContent) {
            current.end();
            switch (stage) {
                case REST -> next(ctx);
                case LINGER -> ctx.close();
                case HEAD, ANSWER, END, STREAM -> {}
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        RequestBody current = body;
        if (stage != Stage.ANSWER || (current != null && current.isAwaited())) {
            ctx.read();
        }
    }

    private void next(ChannelHandlerContext ctx) {
        body = null;
        stage = Stage.HEAD;
        ctx.read();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            Errors.unexpected(cause);
        }
        ctx.close();
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest request) {
        origin = request.headers().get(HttpHeaderNames.ORIGIN);
        closes = !HttpUtil.isKeepAlive(request);
        stage = Stage.ANSWER;
        if (request.decoderResult().isFailure()) {
            giveUp(ctx, malformed(request.decoderResult().cause()));
            return;
        }
        boolean expected = HttpUtil.is100ContinueExpected(request);
        RequestBody announced =
                new RequestBody(lengthOf(request), ctx.executor(), () -> want(ctx, expected));
        body = announced;
        ErrorBody problem = problemOf(request);
        if (problem != null) {
            closes = true;
            answer(ctx, Answer.of(problem), expected);
        } else if (request.method().equals(HttpMethod.OPTIONS)) {
            answer(ctx, preflight(request), expected);
        } else {
            dispatch(ctx, request, announced);
        }
    }

    private static long lengthOf(HttpRequest request) {
        return HttpUtil.isTransferEncodingChunked(request)
                ? RequestBody.UNKNOWN
                : HttpUtil.getContentLength(request, 0L);
    }

    private static void want(ChannelHandlerContext ctx, boolean expected) {
        if (expected) {
            ctx.writeAndFlush(
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
        ctx.read();
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
        String foreign = rules.origins().refusal(request.headers());
        if (foreign != null) {
            return ErrorBody.of(403, foreign);
        }
        return lengthOf(request) > dispatcher.maxBody() ? Refused.tooLarge().body() : null;
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

    /// Refuses what is no HTTP: where it ends nobody knows, so the client is to end it.
    private void giveUp(ChannelHandlerContext ctx, ErrorBody problem) {
        body = null;
        closes = true;
        stage = Stage.END;
        write(ctx, Answer.of(problem), ctx.newPromise())
                .addListener(
                        _ -> {
                            endOutput(ctx.channel());
                            linger(ctx);
                        });
        ctx.read();
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

    private void linger(ChannelHandlerContext ctx) {
        if (inputEnded) {
            ctx.close();
            return;
        }
        stage = Stage.LINGER;
        ctx.executor().schedule(() -> ctx.close(), LINGER_SECONDS, TimeUnit.SECONDS);
        ctx.read();
    }

    /// From here on the request belongs to its own thread, which is done when the answer is handed
    /// back to the event loop. What it holds is held until the client has taken that.
    private void dispatch(ChannelHandlerContext ctx, HttpRequest request, RequestBody announced) {
        InetAddress client =
                rules.forwarding().clientOf(ClientAddress.of(ctx.channel()), request.headers());
        Call call =
                new Call(
                        request.method().name(),
                        request.uri(),
                        request.headers().get(HttpHeaderNames.AUTHORIZATION),
                        request.headers().get("Last-Event-ID"),
                        request.headers().get(HttpHeaderNames.ACCEPT),
                        request.headers().get(HttpHeaderNames.CONTENT_TYPE),
                        announced,
                        ClientAddress.textOf(client));
        boolean isHead = request.method().equals(HttpMethod.HEAD);
        boolean chunks = request.protocolVersion().isKeepAliveDefault();
        boolean expected = HttpUtil.is100ContinueExpected(request);
        dispatcher.execute(
                () -> {
                    Holding holding = rules.budget().ofStranger(client);
                    Served served = serve(call, holding);
                    EventStream stream = served.answer().stream();
                    if (stream == null) {
                        ctx.executor().execute(() -> answer(ctx, served, expected));
                    } else {
                        served.holding().close();
                        stream(ctx, served.answer(), stream, isHead, chunks);
                    }
                });
    }

    /// An answer, and what is held until it is written.
    private record Served(Answer answer, Holding holding) {}

    /// On the request's own thread. Whoever shows a valid token counts in a share of their own,
    /// once that is known.
    private Served serve(Call call, Holding stranger) {
        int cost = HttpBudget.REQUEST + call.headLength();
        Holding own = accounts.open(call.authorization(), rules.budget());
        if (own != null) {
            stranger.close();
        }
        Holding holding = own == null ? stranger : own;
        Answer answer =
                holding.work(cost)
                        ? dispatcher.call(call, own != null, holding)
                        : Answer.of(Refused.noRoom(own != null && holding.isGreedy()));
        holding.rest();
        holding.reduceTo(answer.held());
        return new Served(answer, holding);
    }

    /// Writes an answer that goes on, on the calling thread; the connection ends with it. What the
    /// client still says is read, to learn when it goes, and thrown away.
    private void stream(
            ChannelHandlerContext ctx,
            Answer answer,
            EventStream stream,
            boolean isHead,
            boolean chunks) {
        ctx.executor()
                .execute(
                        () -> {
                            body = null;
                            stage = Stage.STREAM;
                            ctx.read();
                        });
        HttpResponse head =
                new DefaultHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
        head.headers().set(headers(answer));
        head.headers().set("X-Accel-Buffering", "no"); // nginx would gather events for a while
        HttpUtil.setKeepAlive(head, false);
        StreamOutput.write(ctx.channel(), isHead, chunks, head, stream);
    }

    private void answer(ChannelHandlerContext ctx, Served served, boolean expected) {
        if (ctx.isRemoved() || !ctx.channel().isActive()) {
            served.holding().close();
            return;
        }
        served.holding().awaits(() -> ctx.executor().execute(() -> ctx.close()));
        answer(ctx, served.answer(), expected).addListener(_ -> served.holding().close());
    }

    /// @param expected whether the client waits for a word before it sends the body, which it then
    ///   never does
    private ChannelFuture answer(ChannelHandlerContext ctx, Answer answer, boolean expected) {
        RequestBody unread = body;
        boolean never = expected && unread != null && !unread.isWanted();
        boolean whole = unread == null || unread.isComplete() || never;
        closes |= never || (!whole && unread != null && !unread.isSoonOver(LITTLE));
        ChannelFuture written = write(ctx, answer, ctx.newPromise());
        if (!whole && closes) {
            stage = Stage.END;
            ctx.read();
        }
        written.addListener(future -> answered(ctx, future.isSuccess(), whole));
        return written;
    }

    private void answered(ChannelHandlerContext ctx, boolean success, boolean whole) {
        RequestBody unread = body;
        boolean over = whole || unread == null || unread.isComplete();
        if (!success || inputEnded || (closes && over)) {
            ctx.close();
        } else if (closes) {
            linger(ctx);
        } else if (over) {
            next(ctx);
        } else {
            stage = Stage.REST;
            ctx.read();
        }
    }

    private ChannelFuture write(ChannelHandlerContext ctx, Answer answer, ChannelPromise written) {
        HttpHeaders headers = headers(answer);
        if (answer.status() != 204) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length());
        }
        if (closes) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        AnswerWriter.write(
                ctx, HttpResponseStatus.valueOf(answer.status()), headers, answer.body(), written);
        return written;
    }

    private HttpHeaders headers(Answer answer) {
        HttpHeaders headers =
                new DefaultHttpHeaders()
                        .set("X-Content-Type-Options", "nosniff")
                        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
        answer.headers().forEach(headers::set);
        rules.origins().tell(headers, origin);
        return headers;
    }

    private static Answer preflight(HttpRequest request) {
        return Cors.preflight(
                request.headers().get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS));
    }
}
