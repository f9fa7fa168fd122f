package eu.sermas.bus.identity.remote;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A decision server that answers what a test wants, when it wants.
final class DecisionStub implements AutoCloseable {

    /// What was asked: the path, the token and the body.
    record Asked(String path, String token, String body) {}

    /// A status, and a body.
    record Reply(int status, String body) {
        static final Reply YES = new Reply(201, "");
        static final Reply NO = new Reply(403, "");
        static final Reply BROKEN = new Reply(500, "");
    }

    final List<Asked> asked = new CopyOnWriteArrayList<>();
    volatile Function<Asked, Reply> decision = _ -> Reply.YES;
    private volatile @Nullable CountDownLatch gate;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    DecisionStub() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    URI url() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/api/mqtt");
    }

    /// Answers nothing until [#open].
    void shut() {
        gate = new CountDownLatch(1);
    }

    void open() {
        CountDownLatch shut = gate;
        gate = null;
        if (shut != null) {
            shut.countDown();
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        String token = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        Asked question =
                new Asked(
                        exchange.getRequestURI().getPath().replace("/api/mqtt", ""),
                        token.replace("Bearer ", ""),
                        new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        asked.add(question);
        CountDownLatch shut = gate;
        try {
            if (shut != null) {
                shut.await();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        Reply reply = decision.apply(question);
        byte[] body = reply.body().getBytes(UTF_8);
        exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    List<String> paths() {
        return asked.stream().map(Asked::path).toList();
    }

    @Override
    public void close() {
        open();
        server.stop(0);
        threads.shutdownNow();
    }
}
