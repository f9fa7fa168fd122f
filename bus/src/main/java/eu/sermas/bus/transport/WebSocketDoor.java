package eu.sermas.bus.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import eu.sermas.bus.http.HttpCodec;
import eu.sermas.bus.peer.ClientAddress;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Turns a request for a path that begins with `/mqtt` into a WebSocket, RFC 6455 section 4.2, and
/// lets every other request pass, also what turns out to be no HTTP.
///
/// The answer is written by hand, for some clients read it by hand: header names in the usual
/// capitals, and no header beside `Connection: Upgrade` that holds the word "connection".
final class WebSocketDoor extends ChannelInboundHandlerAdapter {

    private static final String PATH = "/mqtt";

    /// By preference. The second is what clients offer that were written before MQTT 3.1.1.
    private static final List<String> SUBPROTOCOLS = List.of("mqtt", "mqttv3.1");

    private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;

    private final Pipelines pipelines;

    /// The request for us of which the end has not come yet.
    private @Nullable HttpRequest request;

    /// Whether what comes now belongs to a request for us that is answered already.
    private boolean answered;

    WebSocketDoor(Pipelines pipelines) {
        this.pipelines = pipelines;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest head && !answered) {
            request = isForUs(head) ? head : null;
        }
        HttpRequest ours = request;
        if (ours == null) {
            ctx.fireChannelRead(message);
            return;
        }
        boolean complete = message instanceof LastHttpContent || hasBody(ours);
        ReferenceCountUtil.release(message);
        if (complete && !answered) {
            answered = true;
            answer(ctx, ours);
        }
    }

    private static boolean isForUs(HttpRequest head) {
        return head.decoderResult().isSuccess() && head.uri().startsWith(PATH);
    }

    private void answer(ChannelHandlerContext ctx, HttpRequest head) {
        String key = head.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
        String offered = String.join(",", head.headers().getAll("Sec-WebSocket-Protocol"));
        String subprotocol = choose(offered);
        String foreign =
                pipelines
                        .rules()
                        .origins()
                        .refusalWithoutToken(
                                head.headers(), !Pipelines.certificatesOf(ctx.channel()).isEmpty());
        if (!asksForWebSocket(head)) {
            refuse(
                    ctx,
                    HttpResponseStatus.UPGRADE_REQUIRED,
                    "this is MQTT over WebSocket, version 13 (expected: a GET with Upgrade)");
        } else if (hasBody(head)) {
            refuse(ctx, HttpResponseStatus.BAD_REQUEST, "body: not expected with an upgrade");
        } else if (foreign != null) {
            refuse(ctx, HttpResponseStatus.FORBIDDEN, foreign);
        } else if (key == null || !isKey(key)) {
            refuse(
                    ctx,
                    HttpResponseStatus.BAD_REQUEST,
                    "Sec-WebSocket-Key: missing or malformed (expected: 16 bytes in Base64)");
        } else if (subprotocol == null && !offered.isBlank()) {
            refuse(
                    ctx,
                    HttpResponseStatus.BAD_REQUEST,
                    "Sec-WebSocket-Protocol: none that is known (expected: mqtt or mqttv3.1)");
        } else if (pipelines.requiresCertificate()
                && ctx.pipeline().get(SslHandler.class) == null) {
            refuse(ctx, HttpResponseStatus.FORBIDDEN, "no TLS (expected: with a certificate)");
        } else {
            learnClient(ctx.channel(), head);
            open(ctx, key, subprotocol);
        }
    }

    private void learnClient(Channel channel, HttpRequest head) {
        InetAddress peer = ClientAddress.of(channel);
        InetAddress client = pipelines.rules().forwarding().clientOf(peer, head.headers());
        if (client != null && !client.equals(peer)) {
            pipelines.comesFrom(channel, new InetSocketAddress(client, 0));
        }
    }

    private static boolean asksForWebSocket(HttpRequest head) {
        return head.method().equals(HttpMethod.GET)
                && head.headers()
                        .containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && head.headers()
                        .containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                && "13".equals(head.headers().get(HttpHeaderNames.SEC_WEBSOCKET_VERSION));
    }

    /// What stands behind it would be read as WebSocket frames by one and as a body by another.
    private static boolean hasBody(HttpRequest head) {
        return HttpUtil.isTransferEncodingChunked(head)
                || !head.headers().get(HttpHeaderNames.CONTENT_LENGTH, "0").equals("0");
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key.strip()).length == KEY_BYTES;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static @Nullable String choose(String offered) {
        List<String> names = Stream.of(offered.split(",", -1)).map(String::strip).toList();
        return SUBPROTOCOLS.stream().filter(names::contains).findFirst().orElse(null);
    }

    private void open(ChannelHandlerContext ctx, String key, @Nullable String subprotocol) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.SWITCHING_PROTOCOLS,
                        Unpooled.EMPTY_BUFFER);
        response.headers()
                .set("Upgrade", "websocket")
                .set("Connection", "Upgrade")
                .set("Sec-WebSocket-Accept", accept(key.strip()));
        if (subprotocol != null) { // [MQTT-6.0.0-4]
            response.headers().set("Sec-WebSocket-Protocol", subprotocol);
        }
        ctx.writeAndFlush(response);
        ChannelPipeline pipeline = ctx.pipeline();
        while (pipeline.last() != this) {
            pipeline.removeLast();
        }
        pipelines.webSocket(pipeline);
        pipeline.remove(HttpTimeouts.class);
        pipeline.remove(this);
        // Last, because it hands on the bytes that came behind the request.
        HttpCodec.removeFrom(pipeline);
    }

    private static String accept(String key) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1")
                            .digest((key + KEY_SUFFIX).getBytes(US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    private static void refuse(
            ChannelHandlerContext ctx, HttpResponseStatus status, String message) {
        String body =
                "{\"message\":\"%s\",\"error\":\"%s\",\"statusCode\":%d}"
                        .formatted(message, status.reasonPhrase(), status.code());
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(body, UTF_8));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "application/json; charset=utf-8")
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (status.equals(HttpResponseStatus.UPGRADE_REQUIRED)) {
            response.headers().set("Upgrade", "websocket").set("Sec-WebSocket-Version", "13");
        }
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        pipelines.failed(ctx.channel(), cause);
    }
}
