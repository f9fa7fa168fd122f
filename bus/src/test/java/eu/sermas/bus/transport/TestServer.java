package eu.sermas.bus.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.broker.Broker;
import eu.sermas.bus.broker.DurabilityPolicy;
import eu.sermas.bus.broker.Features;
import eu.sermas.bus.broker.Limits;
import eu.sermas.bus.broker.MadeUpRights;
import eu.sermas.bus.broker.TokenCheck;
import eu.sermas.bus.http.Forwarding;
import eu.sermas.bus.http.HttpBudget;
import eu.sermas.bus.http.HttpRules;
import eu.sermas.bus.http.Origins;
import eu.sermas.bus.identity.LoginRefused;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.peer.Networks;
import eu.sermas.bus.time.BusClock;
import eu.sermas.bus.tls.Certificates;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A real broker on real sockets, with logins that are made up: the user name says what happens.
final class TestServer implements AutoCloseable {

    static final Login LOGIN =
            new Login(
                    new Principal(
                            Principal.Kind.CLIENT,
                            "app/client",
                            Set.of("app"),
                            "client",
                            null,
                            "client",
                            Set.of()),
                    AccessRights.open(),
                    Long.MAX_VALUE,
                    "");

    private static final HttpRules HTTP =
            new HttpRules(Origins.ANY, new HttpBudget(64 << 20, 256, 16), Forwarding.NONE);

    final Metrics metrics;
    final EventLoops loops;
    final Broker broker;
    final Server server;
    final InetSocketAddress address;

    /// Completes the logins of the user `later`.
    final CompletableFuture<Login> later = new CompletableFuture<>();

    /// What the user `asks` waits for with each message.
    final CompletableFuture<Verdict> verdict = new CompletableFuture<>();

    /// Somebody else decides.
    private static final class AskingRights extends MadeUpRights {

        private final CompletableFuture<Verdict> verdict;

        AskingRights(CompletableFuture<Verdict> verdict) {
            this.verdict = verdict;
        }

        @Override
        public Verdict mayPublish(Topic topic) {
            return verdict.getNow(Verdict.UNDECIDED);
        }

        @Override
        public Verdict maySubscribe(TopicFilter filter) {
            return Verdict.ALLOWED;
        }

        @Override
        public CompletionStage<Verdict> decidePublish(Topic topic) {
            return verdict;
        }

        @Override
        public long reviewMillis() {
            return 60_000;
        }
    }

    private TestServer(
            Metrics metrics,
            EventLoops loops,
            TransportLimits limits,
            @Nullable Certificates tls,
            Networks proxies)
            throws IOException {
        this.metrics = metrics;
        this.loops = loops;
        broker =
                new Broker(
                        Limits.DEFAULT,
                        Features.DEFAULT,
                        TokenCheck.NONE,
                        loops.all(),
                        BusClock.ofSystem(null),
                        metrics,
                        DurabilityPolicy.DEFAULT);
        server =
                new Server(
                        loops,
                        broker,
                        this::login,
                        limits,
                        metrics,
                        tls,
                        HTTP,
                        TestServer::answerHttp,
                        proxies);
        address = server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    static TestServer start() throws IOException {
        return start(TransportLimits.DEFAULT, null);
    }

    static TestServer start(TransportLimits limits, @Nullable Certificates tls) throws IOException {
        return start(limits, tls, Networks.NONE);
    }

    static TestServer start(TransportLimits limits, @Nullable Certificates tls, Networks proxies)
            throws IOException {
        Metrics metrics = new Metrics();
        return new TestServer(metrics, EventLoops.start(2, metrics), limits, tls, proxies);
    }

    static TestServer startNio() throws IOException {
        Metrics metrics = new Metrics();
        return new TestServer(
                metrics,
                EventLoops.startNio(2, metrics),
                TransportLimits.DEFAULT,
                null,
                Networks.NONE);
    }

    int port() {
        return address.getPort();
    }

    int openConnections() {
        return metrics.scrape()
                .lines()
                .filter(line -> line.startsWith("sermas_bus_connections_open "))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .sum();
    }

    private CompletionStage<Login> login(@Nullable String userName, byte @Nullable [] password) {
        return switch (userName == null ? "" : userName) {
            case "bad", "bad too" ->
                    CompletableFuture.failedFuture(new LoginRefused("token: expired"));
            case "broken" -> CompletableFuture.failedFuture(new IllegalStateException("a bug"));
            case "later" -> later;
            case "asks" ->
                    CompletableFuture.completedFuture(LOGIN.withRights(new AskingRights(verdict)));
            default -> CompletableFuture.completedFuture(LOGIN);
        };
    }

    private static void answerHttp(ChannelPipeline pipeline) {
        pipeline.addLast(
                new HttpObjectAggregator(65_536),
                new SimpleChannelInboundHandler<FullHttpRequest>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest in) {
                        String text = in.method() + " " + in.uri();
                        DefaultFullHttpResponse answer =
                                new DefaultFullHttpResponse(
                                        HttpVersion.HTTP_1_1,
                                        HttpResponseStatus.OK,
                                        Unpooled.copiedBuffer(text, UTF_8));
                        answer.headers().set("Content-Length", answer.content().readableBytes());
                        ctx.writeAndFlush(answer);
                    }

                    @Override
                    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                        ctx.close();
                    }
                });
    }

    @Override
    public void close() {
        server.close();
        loops.close();
    }
}
