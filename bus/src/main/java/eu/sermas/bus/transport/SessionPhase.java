package eu.sermas.bus.transport;

import eu.sermas.bus.broker.Client;
import eu.sermas.bus.codec.MalformedPacketException;
import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.peer.ClientAddress;
import eu.sermas.bus.peer.InputEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands every packet to the client's session, for as long as the connection lasts. Its removal, by
/// the closing of the channel or by [ClosingPhase], is the end of the connection for the broker.
///
/// Reading stops while the broker wants so, while the client lets too many answers to its own
/// packets pile up, and while others have the memory that its packet needs.
///
/// Where the client ends its half of the connection, what it sent before is handled to the last
/// packet, what it is owed is sent, and then the connection ends as one that is lost.
final class SessionPhase extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(SessionPhase.class);

    private static final long SHORTEST_WAIT_MILLIS = 10;
    private static final long LONGEST_WAIT_MILLIS = 320;
    private static final String LOST = "connection lost";

    private final Pipelines pipelines;
    private final Inbound inbound;
    private final MqttConnection connection;
    private final Client client;
    private final String clientId;
    private final PacketClock clock;
    private @Nullable ChannelHandlerContext context;
    private boolean decoding;
    private boolean backlog;
    private boolean retrying;
    private long waitMillis = SHORTEST_WAIT_MILLIS;
    private @Nullable String failure;

    // The client sends no more.
    private boolean inputEnded;
    private boolean allHandled;
    private @Nullable Future<?> patience;

    SessionPhase(
            Pipelines pipelines,
            Inbound inbound,
            MqttConnection connection,
            Client client,
            String clientId) {
        this.pipelines = pipelines;
        this.inbound = inbound;
        this.connection = connection;
        this.client = client;
        this.clientId = clientId;
        this.clock = new PacketClock(pipelines.limits().input(), inbound, this::late);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        connection.tellsItsEnd((reason, text) -> ended(ctx.channel(), reason, text));
        if (InputEnd.hasCome(ctx.channel())) {
            endInput(ctx);
        }
    }

    private void ended(Channel channel, ReasonCode reason, @Nullable String text) {
        switch (reason) {
            case SUCCESS, SERVER_SHUTTING_DOWN -> {} // as it should be
            default -> {
                String words = reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
                pipelines.refusals().ended(channel, clientId, text == null ? words : text);
            }
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        int bytes = in.readableBytes();
        pipelines.metrics().add(Count.BYTES_RECEIVED, bytes);
        connection.traffic().bytesReceived(bytes);
        inbound.append(in);
        decode(ctx);
    }

    private void decode(ChannelHandlerContext ctx) {
        if (decoding) {
            return;
        }
        decoding = true;
        int packets = 0;
        try {
            while (mayDecode() && !connection.isSqueezed() && !ctx.isRemoved()) {
                Packet packet = inbound.next();
                if (packet == null) {
                    break;
                }
                packets++;
                client.receive(packet);
            }
        } catch (MalformedPacketException e) {
            pipelines.metrics().increment(Count.PROTOCOL_ERRORS);
            // [MQTT-4.13.1-1], MQTT 3.1.1 [MQTT-4.8.0-1] [MQTT-3-8.3-4]
            connection.close(e.reasonCode(), e.getMessage());
        } catch (InputRefused e) {
            connection.close(ReasonCode.QUOTA_EXCEEDED, e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("{}: packet not handled", ClientAddress.nameOf(ctx.channel()), e);
            connection.close(ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, "internal error");
        } finally {
            decoding = false;
            pipelines.metrics().add(Count.PACKETS_RECEIVED, packets);
        }
        if (connection.isSqueezed()) {
            letBacklogDrain();
        }
        clock.look(ctx.executor());
        boolean isWaiting = inbound.isWaiting();
        connection.waitsForRoom(isWaiting);
        if (isWaiting) {
            waitForRoom(ctx);
        } else if (inputEnded && mayDecode() && !ctx.isRemoved()) {
            endWhenAnswered();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (InputEnd.isToldBy(event) && !inputEnded) {
            endInput(ctx);
            decode(ctx);
        }
        ctx.fireUserEventTriggered(event);
    }

    /// From now on nothing holds the connection open but what is still to be handled, and not even
    /// that for ever.
    private void endInput(ChannelHandlerContext ctx) {
        inputEnded = true;
        patience =
                ctx.executor()
                        .schedule(
                                this::hangUp,
                                pipelines.limits().requestTimeout().toMillis(),
                                TimeUnit.MILLISECONDS);
    }

    private void endWhenAnswered() {
        if (!allHandled) {
            allHandled = true;
            client.whenAllIsAnswered(this::hangUp);
        }
    }

    private void hangUp() {
        ChannelHandlerContext ctx = context;
        if (ctx != null && !ctx.isRemoved()) {
            pipelines.refusals().ended(ctx.channel(), clientId, LOST);
            connection.end();
        }
    }

    private boolean mayDecode() {
        return connection.isReading() && !backlog;
    }

    private boolean isReading() {
        return mayDecode() && !inbound.isWaiting();
    }

    /// Looks again a little later, and each time later still, until there is room or the packet has
    /// had its time.
    private void waitForRoom(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(false);
        if (!retrying) {
            retrying = true;
            ctx.executor().schedule(this::retry, waitMillis, TimeUnit.MILLISECONDS);
            waitMillis = Math.min(2 * waitMillis, LONGEST_WAIT_MILLIS);
        }
    }

    private void retry() {
        retrying = false;
        resume();
        if (!inbound.isWaiting()) {
            waitMillis = SHORTEST_WAIT_MILLIS;
        }
    }

    private void late() {
        if (inbound.isWaiting()) {
            connection.close(
                    ReasonCode.QUOTA_EXCEEDED, "no room for a packet that is not all there");
        } else {
            connection.close(
                    ReasonCode.KEEP_ALIVE_TIMEOUT,
                    "packet: not complete (expected: within %s, and a second for each %d bytes)"
                            .formatted(
                                    pipelines.limits().input().packetTimeout(),
                                    pipelines.limits().input().packetRate()));
        }
    }

    /// Reads on, or no more. What was read before is handed over in a task of its own, for the one
    /// who resumes may stand in the middle of another client's packet.
    void readingChanged() {
        ChannelHandlerContext ctx = context;
        if (ctx == null || ctx.isRemoved()) {
            return;
        }
        clock.reading(mayDecode());
        if (isReading()) {
            ctx.executor().execute(this::resume);
        } else {
            ctx.channel().config().setAutoRead(false);
        }
    }

    private void resume() {
        ChannelHandlerContext ctx = context;
        if (ctx == null || ctx.isRemoved()) {
            return;
        }
        decode(ctx);
        if (isReading() && !ctx.isRemoved()) {
            ctx.channel().config().setAutoRead(true);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        long waiting = ctx.channel().bytesBeforeWritable();
        if (waiting > pipelines.limits().writeBuffer()) {
            letBacklogDrain();
        }
    }

    private void letBacklogDrain() {
        if (!backlog) {
            backlog = true;
            readingChanged();
        }
    }

    /// The client is told in a task of its own: this event comes in the middle of a flush, which
    /// may stand in the middle of a delivery.
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            ctx.executor().execute(this::writable);
        }
    }

    private void writable() {
        ChannelHandlerContext ctx = context;
        if (ctx == null || ctx.isRemoved() || !ctx.channel().isWritable()) {
            return;
        }
        client.writable();
        if (backlog) {
            backlog = false;
            readingChanged();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        clock.stop();
        Future<?> scheduled = patience;
        if (scheduled != null) {
            scheduled.cancel(false);
        }
        inbound.release();
        if (!connection.isClosing()) {
            String how = failure == null ? LOST : LOST + ": " + failure;
            pipelines.refusals().ended(ctx.channel(), clientId, how);
        }
        ctx.channel().eventLoop().execute(client::connectionClosed);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failure = cause.getMessage();
        pipelines.failed(ctx.channel(), cause);
    }
}
