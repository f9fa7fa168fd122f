package eu.sermas.bus.load;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/// All workers. What it asks them, each answers on its own loop, so nothing of theirs is shared.
final class Crew implements AutoCloseable {

    private final EventLoopGroup group;
    private final List<Worker> workers = new ArrayList<>();
    private final Problems problems = new Problems();

    Crew(int threads, int largestPayload) {
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        Class<? extends SocketChannel> channel =
                epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        group =
                new MultiThreadIoEventLoopGroup(
                        threads, new DefaultThreadFactory("load", true), io);
        for (int i = 0; i < threads; i++) {
            workers.add(new Worker(group.next(), channel, largestPayload, problems));
        }
    }

    /// Clients with neighbouring numbers are on different workers, pairs on the same.
    Worker worker(int client) {
        return workers.get(client % workers.size());
    }

    List<String> problems() {
        return problems.all();
    }

    /// Has each worker do this, and waits until all have.
    void each(Consumer<Worker> task) {
        ask(
                worker -> {
                    task.accept(worker);
                    return worker;
                });
    }

    private <T> List<T> ask(Function<Worker, T> question) {
        return workers.stream()
                .map(worker -> worker.loop().submit(() -> question.apply(worker)))
                .toList()
                .stream()
                .map(answer -> answer.syncUninterruptibly().getNow())
                .toList();
    }

    /// Has one worker do this, without waiting.
    void on(Worker worker, Runnable task) {
        worker.loop().execute(task);
    }

    Tally tally() {
        Tally sum = new Tally();
        List<Tally> parts =
                ask(
                        worker -> {
                            Tally copy = new Tally();
                            copy.add(worker.tally(), 0);
                            return copy;
                        });
        parts.forEach(part -> sum.add(part, System.nanoTime()));
        return sum;
    }

    Histogram histogram(Function<Worker, Histogram> which) {
        Histogram sum = new Histogram();
        ask(worker -> which.apply(worker).copy()).forEach(sum::add);
        return sum;
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
    }
}
