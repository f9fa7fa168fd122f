package eu.sermas.bus.systemtest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The platform, as a Mosquitto with go-auth asks it: it lets in every token that does not begin
/// with `bad`, calls those super that begin with `super`, and refuses topics with a level `secret`.
/// It can be slow, out of order and dead.
public final class DecisionStub implements AutoCloseable {

    /// One question as it came.
    ///
    /// @param contentType of the body, or null
    record Asked(
            String method,
            String path,
            @Nullable String authorization,
            @Nullable String contentType,
            String body) {

        String topic() {
            return parameters().getOrDefault("topic", "");
        }

        String token() {
            return authorization == null ? "" : authorization.replaceFirst("Bearer ", "");
        }

        private Map<String, String> parameters() {
            var parameters = new HashMap<String, String>();
            for (var pair : body.split("&", -1)) {
                var parts = pair.split("=", 2);
                parameters.put(parts[0], URLDecoder.decode(parts[parts.length - 1], UTF_8));
            }
            return parameters;
        }
    }

    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final int port = BusProcess.freePort();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private @Nullable HttpServer server;
    private volatile Predicate<Asked> slow = _ -> false;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile boolean broken;

    public DecisionStub() {
        revive();
    }

    /// The address for `identity.remote.url`.
    public String url() {
        return "http://127.0.0.1:" + port + "/api/mqtt";
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }

    /// How often something of this path was asked with this token.
    long count(String path, String token) {
        return asked.stream()
                .filter(question -> question.path().equals(path))
                .filter(question -> question.token().equals(token))
                .count();
    }

    /// Keeps back the answers to some questions until [#open].
    void holdBack(Predicate<Asked> questions) {
        gate = new CountDownLatch(1);
        slow = questions;
    }

    void open() {
        slow = _ -> false;
        gate.countDown();
    }

    /// Whether it answers everything with 500.
    void broken(boolean now) {
        broken = now;
    }

    /// Nobody listens on its port any more.
    void die() {
        var running = server;
        if (running != null) {
            running.stop(0);
            server = null;
        }
    }

    void revive() {
        try {
            var fresh =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            fresh.setExecutor(threads);
            fresh.createContext("/", this::serve);
            fresh.start();
            server = fresh;
        } catch (IOException e) {
            throw new IllegalStateException("port " + port, e);
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        var question =
                new Asked(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI().toString().replace("/api/mqtt", ""),
                        exchange.getRequestHeaders().getFirst("Authorization"),
                        exchange.getRequestHeaders().getFirst("Content-Type"),
                        new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        asked.add(question);
        if (slow.test(question)) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
        exchange.sendResponseHeaders(broken ? 500 : answer(question), -1);
        exchange.close();
    }

    private static int answer(Asked question) {
        var yes =
                switch (question.path()) {
                    case "/auth" -> !question.token().startsWith("bad");
                    case "/auth/su" -> question.token().startsWith("super");
                    case "/acl" -> !question.topic().contains("secret");
                    default -> throw new IllegalStateException(question.path());
                };
        return yes ? 201 : 403;
    }

    @Override
    public void close() {
        open();
        die();
        threads.shutdownNow();
    }
}
