package eu.sermas.bus.transport;

import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.peer.HalfOpenEpoll;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The network threads: one loop per part of the sessions, and one that only accepts. They live as
/// long as the process and are made before the broker, which runs on them.
public final class EventLoops implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EventLoops.class);

    private final Class<? extends ServerChannel> serverChannel;
    private final EventLoopGroup acceptor;
    private final EventLoopGroup workers;
    private final List<NettyEventLoop> loops = new ArrayList<>();

    private EventLoops(
            int count,
            IoHandlerFactory io,
            Class<? extends ServerChannel> serverChannel,
            Metrics metrics) {
        this.serverChannel = serverChannel;
        acceptor = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("accept"), io);
        workers = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("loop"), io);
        workers.forEach(
                loop -> loops.add(new NettyEventLoop((io.netty.channel.EventLoop) loop, metrics)));
    }

    /// Starts so many loops, on epoll where its native library is there, else on NIO.
    public static EventLoops start(int count, Metrics metrics) {
        if (Epoll.isAvailable()) {
            return new EventLoops(
                    count, HalfOpenEpoll.newFactory(), EpollServerSocketChannel.class, metrics);
        }
        LOG.info("no native epoll, using NIO: {}", String.valueOf(Epoll.unavailabilityCause()));
        return startNio(count, metrics);
    }

    static EventLoops startNio(int count, Metrics metrics) {
        return new EventLoops(
                count, NioIoHandler.newFactory(), NioServerSocketChannel.class, metrics);
    }

    /// The loops by their index, for [eu.sermas.bus.broker.Broker].
    public List<NettyEventLoop> all() {
        return List.copyOf(loops);
    }

    /// The loop that runs this Netty loop.
    NettyEventLoop of(io.netty.channel.EventLoop netty) {
        for (NettyEventLoop loop : loops) {
            if (loop.netty().equals(netty)) {
                return loop;
            }
        }
        throw new IllegalArgumentException("not one of our loops: " + netty);
    }

    NettyEventLoop get(int index) {
        return loops.get(index);
    }

    Class<? extends ServerChannel> serverChannel() {
        return serverChannel;
    }

    EventLoopGroup acceptor() {
        return acceptor;
    }

    EventLoopGroup workers() {
        return workers;
    }

    /// Ends the threads; tasks that wait are run, connections that are still open are closed.
    @Override
    public void close() {
        acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        workers.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        acceptor.terminationFuture().awaitUninterruptibly(2, TimeUnit.SECONDS);
        workers.terminationFuture().awaitUninterruptibly(3, TimeUnit.SECONDS);
    }
}
