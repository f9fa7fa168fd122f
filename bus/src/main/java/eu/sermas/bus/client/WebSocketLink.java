package eu.sermas.bus.client;

import io.netty.buffer.ByteBuf;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The WebSocket of the JDK, which calls back from threads of its own, read as if it blocked. It is
/// asked for one frame at a time, so no more than one waits here.
final class WebSocketLink implements Link, WebSocket.Listener {

    /// In the place of bytes: nothing comes any more.
    private static final byte[] END = {};

    private final int patienceMillis;
    private final HttpClient http;
    private final BlockingQueue<byte[]> frames = new ArrayBlockingQueue<>(2);
    private volatile String why = "the connection was closed";
    private @Nullable WebSocket socket;

    private WebSocketLink(Endpoint endpoint) {
        patienceMillis = endpoint.patienceMillis();
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(endpoint.patience());
        http = (endpoint.tls() == null ? builder : builder.sslContext(endpoint.tls())).build();
    }

    static WebSocketLink open(Endpoint endpoint, String path) throws IOException {
        WebSocketLink link = new WebSocketLink(endpoint);
        try {
            link.socket =
                    link.await(
                            link.http
                                    .newWebSocketBuilder()
                                    .connectTimeout(endpoint.patience())
                                    .subprotocols("mqtt") // [MQTT-6.0.0-3]
                                    .buildAsync(uri(endpoint, path), link));
            return link;
        } catch (IOException e) {
            link.close();
            throw e;
        }
    }

    private static URI uri(Endpoint endpoint, String path) {
        String scheme = endpoint.tls() == null ? "ws" : "wss";
        return URI.create(scheme + "://" + endpoint.host() + ":" + endpoint.port() + path);
    }

    @Override
    public void onOpen(WebSocket opened) {
        opened.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        if (bytes.length == 0) {
            from.request(1);
        } else {
            frames.add(bytes);
        }
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        end(reason.isEmpty() ? "the connection was closed (" + status + ")" : reason);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable problem) {
        String message = problem.getMessage();
        end(message == null ? why : message);
    }

    private void end(String reason) {
        why = reason;
        var _ = frames.offer(END);
    }

    @Override
    public synchronized void send(ByteBuf bytes) throws IOException {
        WebSocket open = socket;
        if (open == null) {
            throw new EOFException(why);
        }
        await(open.sendBinary(bytes.nioBuffer(), true));
    }

    @Override
    public boolean receive(ByteBuf into, int millis) throws IOException {
        try {
            byte[] bytes = frames.poll(millis, TimeUnit.MILLISECONDS);
            if (bytes != null && bytes.length == 0) {
                var _ = frames.offer(END);
                throw new EOFException(why);
            }
            if (bytes == null || socket == null) {
                return false;
            }
            into.writeBytes(bytes);
            socket.request(1);
            return true;
        } catch (InterruptedException _) {
            throw interrupted();
        }
    }

    private <T> T await(CompletableFuture<T> outcome) throws IOException {
        try {
            return outcome.get(patienceMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refusal) {
                int status = refusal.getResponse().statusCode();
                throw new IOException("no WebSocket there: HTTP " + status + " (expected: 101)", e);
            }
            throw e.getCause() instanceof IOException problem ? problem : new IOException(e);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + patienceMillis / 1000 + " s", e);
        } catch (InterruptedException _) {
            throw interrupted();
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted");
    }

    @Override
    public void close() {
        if (socket != null) {
            socket.abort();
        }
        http.shutdownNow();
    }
}
