package eu.sermas.bus.transport;

import eu.sermas.bus.broker.Broker;
import eu.sermas.bus.http.HttpRules;
import eu.sermas.bus.identity.Authenticator;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.peer.ClientAddress;
import eu.sermas.bus.peer.Networks;
import eu.sermas.bus.tls.Certificates;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The network side of the broker: listeners, and the connections that came through them.
public final class Server implements AutoCloseable {

    private static final int BACKLOG = 4096;
    private static final long CERTIFICATE_CHECK_SECONDS = 2;

    private final Pipelines pipelines;
    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final AcceptFailures failures = new AcceptFailures(System::nanoTime);
    private final List<Channel> listeners = new CopyOnWriteArrayList<>();
    private final @Nullable Future<?> certificateCheck;

    /// @param certificates null for no TLS
    /// @param rules of HTTP
    /// @param http appends the handlers of HTTP requests to a pipeline that ends in `HttpRequest`
    ///   and `HttpContent` objects; called for each connection
    /// @param proxies whose connections begin with a PROXY header
    public Server(
            EventLoops loops,
            Broker broker,
            Authenticator authenticator,
            TransportLimits limits,
            Metrics metrics,
            @Nullable Certificates certificates,
            HttpRules rules,
            Consumer<ChannelPipeline> http,
            Networks proxies) {
        Networks forwarders = rules.forwarding().proxies();
        AcceptGate gate =
                new AcceptGate(
                        limits,
                        open,
                        metrics,
                        System::nanoTime,
                        loops.acceptor(),
                        address -> proxies.contains(address) || forwarders.contains(address));
        pipelines =
                new Pipelines(
                        loops,
                        broker,
                        authenticator,
                        limits,
                        new InputBudget(limits.input(), broker.limits().maxPacketSize()),
                        new OutputBudget(limits.output()),
                        metrics,
                        certificates,
                        rules,
                        http,
                        new RefusalLog(),
                        new LoginDelays(limits.loginDelay(), System::nanoTime),
                        gate,
                        proxies);
        certificateCheck = certificates == null ? null : checkRegularly(loops, certificates);
        metrics.gauge(
                "logins.waiting",
                "refused logins that wait for their delayed answer",
                pipelines.delays()::waiting);
        metrics.gauge(
                "input.bytes",
                "bytes set aside for packets that are not all there",
                pipelines.input()::used);
        metrics.gauge(
                "output.bytes",
                "bytes that wait to be written to MQTT clients",
                pipelines.output()::used);
        metrics.gauge("connections.open", "open connections of all kinds", open::size);
    }

    private static Future<?> checkRegularly(EventLoops loops, Certificates certificates) {
        return loops.acceptor()
                .next()
                .scheduleWithFixedDelay(
                        () -> Thread.ofVirtual().name("certificates").start(certificates::refresh),
                        CERTIFICATE_CHECK_SECONDS,
                        CERTIFICATE_CHECK_SECONDS,
                        TimeUnit.SECONDS);
    }

    /// Opens a port for everything: raw MQTT, TLS, WebSocket and HTTP.
    ///
    /// @return the address with the port that was bound, where 0 was asked for
    /// @throws IOException where the address cannot be bound; the message names it
    public InetSocketAddress listen(InetSocketAddress address) throws IOException {
        return listen(address, PortSniffer.Place.MAIN);
    }

    /// Opens a port for MQTT alone, plain or in TLS.
    ///
    /// @return the address with the port that was bound, where 0 was asked for
    /// @throws IOException where the address cannot be bound; the message names it
    public InetSocketAddress listenMqtt(InetSocketAddress address) throws IOException {
        return listen(address, PortSniffer.Place.MQTT);
    }

    private InetSocketAddress listen(InetSocketAddress address, PortSniffer.Place place)
            throws IOException {
        TransportLimits limits = pipelines.limits();
        ChannelFuture bound =
                new ServerBootstrap() // [MQTT-4.2.0-1]
                        .group(pipelines.loops().acceptor(), pipelines.loops().workers())
                        .channel(pipelines.loops().serverChannel())
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .handler(pipelines.gate())
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.SO_KEEPALIVE, true)
                        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(
                                        limits.writeBuffer() / 2, limits.writeBuffer()))
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        accept(channel, place);
                                    }
                                })
                        .bind(address)
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + address + ": " + bound.cause().getMessage(),
                    bound.cause());
        }
        bound.channel().pipeline().addLast(failures); // behind what makes Netty wait and try again
        listeners.add(bound.channel());
        return (InetSocketAddress) bound.channel().localAddress();
    }

    private void accept(Channel channel, PortSniffer.Place place) {
        open.add(channel);
        ConnectDeadline.set(
                channel.pipeline(), pipelines.limits().connectTimeout(), pipelines.metrics());
        if (pipelines.proxies().contains(ClientAddress.of(channel))) {
            channel.pipeline().addLast(new ProxyDoor(pipelines));
        }
        channel.pipeline().addLast(new PortSniffer(pipelines, place));
    }

    /// Accepts no more connections; the open ones go on.
    public void stopAccepting() {
        if (certificateCheck != null) {
            certificateCheck.cancel(false);
        }
        listeners.forEach(listener -> listener.close().awaitUninterruptibly());
        listeners.clear();
    }

    /// Closes the listeners and then, with what is still to be written cut off, every connection.
    /// For a graceful end: [#stopAccepting], the broker's shutdown, [#awaitClosed], this.
    @Override
    public void close() {
        stopAccepting();
        open.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        pipelines.refusals().close();
    }

    /// Waits until the clients have taken their last bytes and every connection is closed.
    ///
    /// @return false where some were still open after so long
    public boolean awaitClosed(long millis) {
        return open.newCloseFuture().awaitUninterruptibly(millis);
    }
}
