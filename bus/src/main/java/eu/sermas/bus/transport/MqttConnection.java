package eu.sermas.bus.transport;

import eu.sermas.bus.codec.EncodedPublish;
import eu.sermas.bus.codec.PacketEncoder;
import eu.sermas.bus.codec.PublishEncoder;
import eu.sermas.bus.codec.PublishEncoder.Alias;
import eu.sermas.bus.metrics.Traffic;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.session.Connection;
import eu.sermas.bus.session.ConnectionMemory;
import eu.sermas.bus.session.Peer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The write side of one client's connection, and with the decoder the hottest code of the product.
///
/// Nothing is written to the socket at once. Small packets are copied into one growing buffer of
/// the connection; a large payload is one block of memory per message and loop, which every
/// receiver's socket is written from. The bytes of a PUBLISH are made once per variant and loop and
/// only get the packet identifier put in. The loop's [Turn] flushes at its end, or the connection
/// itself at the channel's low water mark, so that a long run of messages does not make an idle
/// socket look full.
///
/// Owned by the loop that the channel is registered with.
final class MqttConnection implements Connection {

    private static final Logger LOG = LoggerFactory.getLogger(MqttConnection.class);

    /// A payload up to this size costs less to copy than to pass by reference.
    private static final int LARGEST_COPY = 4096;

    private static final int SMALL_PACKET = 64;

    // For the life of the connection.
    private final Channel channel;
    private final Turn turn;
    private final ProtocolVersion version;
    private final int flushAt;
    private final long maxPacketSize;
    private final boolean problemInformation;
    private final TopicAliases aliases;
    private final Backlog backlog;
    private final Outbound outbound;
    private final Traffic traffic = new Traffic();

    private boolean reading = true;
    private boolean waitsForRoom;
    private boolean closing;
    private BiConsumer<ReasonCode, @Nullable String> endTold = (_, _) -> {};

    // Until the end of the turn.
    private boolean dirty;
    private int packets;
    private int messages;
    private int bytes;

    /// @param connect null where it could not be read
    MqttConnection(
            Channel channel,
            Turn turn,
            Backlog backlog,
            boolean webSocket,
            ProtocolVersion version,
            @Nullable Connect connect,
            int topicAliasMaximum) {
        Properties wishes = connect == null ? Properties.NONE : connect.properties();
        this.channel = channel;
        this.turn = turn;
        this.version = version;
        this.backlog = backlog;
        this.outbound = new Outbound(channel, backlog, webSocket);
        flushAt = channel.config().getWriteBufferLowWaterMark();
        maxPacketSize = wishes.number(Property.MAXIMUM_PACKET_SIZE, Long.MAX_VALUE);
        problemInformation = wishes.number(Property.REQUEST_PROBLEM_INFORMATION, 1) == 1;
        aliases = // [MQTT-3.3.2-7]
                new TopicAliases(
                        (int)
                                Math.min(
                                        wishes.number(Property.TOPIC_ALIAS_MAXIMUM, 0),
                                        topicAliasMaximum));
    }

    /// Where it counts what it remembers of its client; without that it remembers nothing.
    void remembersIn(ConnectionMemory memory) {
        aliases.remembersIn(memory);
    }

    /// Who is told why this side closes.
    void tellsItsEnd(BiConsumer<ReasonCode, @Nullable String> to) {
        endTold = to;
    }

    /// Whether this side has closed, or the client has said DISCONNECT.
    boolean isClosing() {
        return closing;
    }

    @Override
    public ProtocolVersion version() {
        return version;
    }

    @Override
    public Peer peer() {
        return Pipelines.peerOf(channel);
    }

    @Override
    public Traffic traffic() {
        return traffic;
    }

    @Override
    public void send(Packet packet) {
        assert channel.eventLoop().inEventLoop();
        if (closing) { // [MQTT-3.14.4-1]
            return;
        }
        Packet sent = problemInformation ? packet : ProblemInformation.without(packet);
        ByteBuf out = outbound.room(SMALL_PACKET);
        int start = out.writerIndex();
        if (maxPacketSize == Long.MAX_VALUE) {
            PacketEncoder.encode(sent, version, out);
        } else if (!PacketEncoder.encode(sent, version, maxPacketSize, out)) {
            LOG.debug("{} is larger than the client accepts: {}", packet, maxPacketSize);
            end(); // or both would wait for ever, this one for the client to go on [MQTT-3.1.2-24]
            return;
        }
        written(out.writerIndex() - start);
    }

    @Override
    public boolean deliver(
            Message message,
            QoS qos,
            boolean retain,
            boolean dup,
            int packetId,
            int[] subscriptionIds,
            long now) {
        assert channel.eventLoop().inEventLoop();
        if (closing) {
            return true;
        }
        Alias alias = aliases.of(message.topic());
        EncodedPublish encoded = encode(message, qos, retain, subscriptionIds, alias, now);
        if (encoded.size() > maxPacketSize && alias.number() != 0 && !alias.isKnown()) {
            aliases.unsent(message.topic());
            alias = Alias.NONE;
            encoded = encode(message, qos, retain, subscriptionIds, alias, now);
        }
        if (encoded.size() > maxPacketSize) { // [MQTT-3.1.2-24]
            return false;
        }
        aliases.sent(message.topic(), alias);
        if (message.payload().length <= LARGEST_COPY) {
            encoded.write(outbound.room(encoded.size()), packetId, dup);
        } else {
            encoded.writeHead(outbound.room(encoded.head().length), packetId, dup);
            outbound.share(turn.publishes().payload(message, channel.alloc(), backlog.purse()));
        }
        written(encoded.size());
        messages++;
        return true;
    }

    private EncodedPublish encode(
            Message message,
            QoS qos,
            boolean retain,
            int[] subscriptionIds,
            Alias alias,
            long now) {
        return alias.number() == 0 && subscriptionIds.length == 0
                ? turn.publishes().encoded(message, version, qos, retain, now)
                : PublishEncoder.encode(message, version, qos, retain, subscriptionIds, alias, now);
    }

    private void written(int size) {
        packets++;
        bytes += size;
        if (!dirty) {
            dirty = true;
            turn.add(this);
        }
        if (outbound.unflushed() >= flushAt || backlog.isOver()) {
            outbound.flush();
            backlog.settle();
        }
    }

    /// Called by the loop's turn once after something was written.
    void endTurn() {
        outbound.flush();
        backlog.settle();
        turn.written(packets, bytes);
        traffic.sent(messages, bytes);
        dirty = false;
        packets = 0;
        messages = 0;
        bytes = 0;
    }

    /// What the channel holds is bounded by its high water mark, and by less where the [Backlog]
    /// says so; what this object holds is bounded by the size of one chunk.
    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    /// Whether this client gets nothing more for now, since what waits for it is needed for others.
    boolean isSqueezed() {
        return backlog.isSqueezed();
    }

    @Override
    public void reading(boolean on) {
        reading = on;
        if (channel.pipeline().get(Phase.NAME) instanceof SessionPhase session) {
            session.readingChanged();
        }
    }

    @Override
    public boolean isHeard() {
        return reading && !waitsForRoom;
    }

    /// Whether the memory that its next packet needs is in the hands of others.
    void waitsForRoom(boolean now) {
        waitsForRoom = now;
    }

    /// Whether the broker takes packets from this client now.
    boolean isReading() {
        return reading;
    }

    @Override
    public void close(ReasonCode reason, @Nullable String reasonString) {
        if (closing) {
            return;
        }
        endTold.accept(reason, reasonString);
        if (version.isMqtt5() && reason != ReasonCode.NORMAL_DISCONNECTION) {
            String text = problemInformation ? reasonString : null;
            send(new Disconnect(reason, Properties.reason(text))); // [MQTT-3.14.2-2]
        }
        end(); // [MQTT-3.14.4-2] [MQTT-4.13.2-1]
    }

    /// Sends what is there, without a further word, and closes.
    void end() {
        closing = true;
        outbound.flush();
        ClosingPhase.enter(channel);
    }
}
