package eu.sermas.bus.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/// What waits to be written to one client, as it counts for its owner.
///
/// Chunks count when they are made. What the socket has not taken when they are flushed goes on to
/// count until it has; a client that reads owes nothing at the end of a turn. While the share of
/// its owner is tight, one that has more than a little waiting counts as not writable until all of
/// that is written: QoS 0 to it is dropped, other messages wait in its queue, and no more of its
/// own packets are read, for their answers would wait here too.
///
/// Owned by the loop of the connection.
final class Backlog {

    /// What a client may have waiting however tight it is, in bytes.
    static final int ALWAYS = 16 * 1024;

    /// The bit of Netty's writability that is ours.
    private static final int SQUEEZED = 1;

    private final Channel channel;
    private final boolean encrypted;
    private @Nullable OutputPurse purse;
    private long counted;
    private int open;
    private int slack;
    private int shared;
    private boolean over;
    private boolean squeezed;
    private boolean waiting;

    /// @param purse null for a connection that has not shown who it is; it gets one answer and is
    ///   closed
    Backlog(Channel channel, @Nullable OutputPurse purse) {
        this.channel = channel;
        this.encrypted = channel.pipeline().get(SslHandler.class) != null;
        this.purse = purse;
        if (purse != null) {
            purse.retain();
            channel.closeFuture().addListener(_ -> channel.eventLoop().execute(this::close));
        }
    }

    /// Bytes that wait in a channel, with what Netty needs to keep them.
    static long of(Channel channel) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    /// A chunk of so many bytes is being filled.
    void opened(int capacity) {
        open = capacity;
        OutputPurse counting = purse;
        if (counting != null) {
            counting.take(capacity);
            counted += capacity;
            over = counted > ALWAYS && counting.isTight();
        }
    }

    /// It goes to the channel, with so many bytes of it unused.
    void handedOver(int unused) {
        open = 0;
        slack += waiting ? 0 : unused;
    }

    /// Whether it should be flushed and settled at once, since others need the memory.
    boolean isOver() {
        return over;
    }

    /// Whether the socket has left something, so that what comes behind it will stay for a while.
    boolean isWaiting() {
        return waiting;
    }

    /// Whether this client gets no more for now.
    boolean isSqueezed() {
        return squeezed;
    }

    OutputPurse purse() {
        OutputPurse counting = purse;
        if (counting == null) {
            throw new IllegalStateException("no message for a client that is not known");
        }
        return counting;
    }

    /// Writes a payload that counts by itself. In TLS every client has its own copy of it, which
    /// counts as what it is.
    @SuppressWarnings("FutureReturnValueIgnored") // a failed write shows as channelInactive
    void write(SharedPayload payload) {
        if (encrypted) {
            channel.write(payload.bytes(), channel.voidPromise());
            return;
        }
        payload.retain();
        shared += payload.size();
        channel.write(payload.bytes()).addListener(_ -> written(payload));
    }

    private void written(SharedPayload payload) {
        shared -= payload.size();
        payload.release();
    }

    /// Counts what is left after a flush.
    void settle() {
        OutputPurse counting = purse;
        long pending = of(channel);
        if (counting == null || (pending == 0 && counted == 0)) {
            return;
        }
        long held = open + (pending == 0 ? 0 : pending - shared + slack);
        if (held > counted) {
            counting.take(held - counted);
        } else {
            counting.giveBack(counted - held);
        }
        counted = held;
        over = false;
        if (pending == 0) {
            slack = 0;
            squeeze(false);
        } else {
            squeeze(squeezed || (held > ALWAYS && counting.isTight()));
            watch();
        }
    }

    private void squeeze(boolean on) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        if (squeezed != on && buffer != null) {
            squeezed = on;
            buffer.setUserDefinedWritability(SQUEEZED, !on);
        }
    }

    /// Asks to be told when all that is there now is written, by an empty buffer behind it.
    @SuppressWarnings("FutureReturnValueIgnored") // as above
    private void watch() {
        if (!waiting) {
            waiting = true;
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(_ -> channel.eventLoop().execute(this::drained));
        }
    }

    private void drained() {
        waiting = false;
        slack = 0;
        squeeze(false);
        settle();
    }

    private void close() {
        OutputPurse counting = purse;
        if (counting != null) {
            counting.giveBack(counted);
            counted = 0;
            purse = null;
            counting.release();
        }
    }
}
