package eu.sermas.bus.transport;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.metrics.Metrics;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What waits to be written, on channels that take nothing before they are told to.
class BacklogTest {

    private static final int KIB = 1024;
    private static final int TOTAL = 4 * 1024 * KIB;

    private final Shares shares = new Shares(TOTAL, 2);
    private final List<EmbeddedChannel> channels = new ArrayList<>();

    @AfterEach
    void release() {
        for (EmbeddedChannel channel : channels) {
            channel.close();
            channel.runPendingTasks();
            channel.releaseOutbound();
        }
    }

    /// Keeps flushes back.
    private static final class Tap extends ChannelOutboundHandlerAdapter {
        private boolean open;

        @Override
        public void flush(ChannelHandlerContext ctx) {
            if (open) {
                ctx.flush();
            }
        }
    }

    /// A client and what it has waiting.
    private final class Client {
        final Tap tap = new Tap();
        final EmbeddedChannel channel = new EmbeddedChannel(tap);
        final Backlog backlog;
        final Outbound outbound;

        Client(OutputPurse purse) {
            channels.add(channel);
            channel.config().setWriteBufferHighWaterMark(64 * 1024 * KIB);
            backlog = new Backlog(channel, purse);
            outbound = new Outbound(channel, backlog, false);
        }

        void write(int bytes) {
            outbound.room(bytes).writeZero(bytes);
            flush();
        }

        void flush() {
            outbound.flush();
            backlog.settle();
        }

        void read() {
            tap.open = true;
            channel.flush();
            channel.runPendingTasks();
            channel.releaseOutbound();
        }
    }

    private OutputPurse purse(String owner) {
        Channel first = new EmbeddedChannel();
        return new Turn(first.eventLoop(), new Metrics()).purse(shares.open(owner));
    }

    @Test
    void countsWhatTheSocketHasNotTaken() {
        Client client = new Client(purse("app"));
        client.write(1000 * KIB);
        assertThat(shares.used()).isBetween(1000L * KIB, 1200L * KIB);

        client.read();
        client.channel.close();
        client.channel.runPendingTasks();
        assertThat(shares.used()).isZero();
    }

    @Test
    void aChannelThatClosesGivesBackWhatItHad() {
        Client client = new Client(purse("app"));
        client.write(1000 * KIB);
        client.channel.close();
        client.channel.runPendingTasks();
        assertThat(shares.used()).isZero();
        assertThat(shares.owners()).isZero();
    }

    @Test
    void whoHasMoreThanALittleIsSqueezedWhileItIsTight() {
        OutputPurse purse = purse("app");
        Client greedy = new Client(purse);
        Client small = new Client(purse);
        Client other = new Client(purse("other"));
        greedy.write(100 * KIB);
        assertThat(greedy.channel.isWritable()).isTrue();

        greedy.write(TOTAL - TOTAL / 8);
        small.write(10 * KIB);
        other.write(100 * KIB);
        assertThat(greedy.channel.isWritable()).isFalse();
        assertThat(small.channel.isWritable()).isTrue();
        assertThat(other.channel.isWritable()).isTrue();

        greedy.read();
        assertThat(greedy.channel.isWritable()).isTrue();
        assertThat(shares.used()).isLessThan(400 * KIB);
    }

    /// One that reads goes on, even where the others leave it nothing.
    @Test
    void whoReadsIsNeverSqueezed() {
        OutputPurse purse = purse("app");
        Client greedy = new Client(purse);
        greedy.write(TOTAL);
        Client reading = new Client(purse);
        reading.tap.open = true;
        for (int i = 0; i < 100; i++) {
            reading.write(60 * KIB);
            assertThat(reading.channel.isWritable()).isTrue();
        }
    }

    /// A chunk is as large as the last one was full: behind a socket that takes nothing it must not
    /// hold more than it says.
    @Test
    void whatWaitsHoldsNoMoreThanItCounts() {
        Client client = new Client(purse("app"));
        client.write(60 * KIB);
        for (int i = 0; i < 100; i++) {
            client.write(1);
        }
        long capacity = 0;
        client.tap.open = true;
        client.channel.flush();
        for (ByteBuf sent = client.channel.readOutbound();
                sent != null;
                sent = client.channel.readOutbound()) {
            capacity += sent.capacity();
            sent.release();
        }
        assertThat(capacity).isLessThan(130 * KIB);
    }

    @Test
    void aSharedPayloadCountsOnceUntilTheLastHasIt() {
        OutputPurse purse = purse("app");
        SharedPayload payload =
                new SharedPayload(Unpooled.buffer(TOTAL / 4).writeZero(TOTAL / 4), purse);
        Client one = new Client(purse);
        Client two = new Client(purse);
        for (Client client : new Client[] {one, two}) {
            client.outbound.share(payload);
            client.flush();
        }
        payload.close();
        assertThat(shares.used()).isBetween(TOTAL / 4L, TOTAL / 2L);

        one.read();
        assertThat(shares.used()).isGreaterThan(TOTAL / 4);
        two.read();
        assertThat(shares.used()).isLessThan(TOTAL / 8);
    }
}
