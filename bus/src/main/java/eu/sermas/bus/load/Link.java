package eu.sermas.bus.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import eu.sermas.bus.codec.FrameDecoder;
import eu.sermas.bus.codec.MalformedPacketException;
import eu.sermas.bus.codec.PacketDecoder;
import eu.sermas.bus.codec.PacketEncoder;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.PacketType;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.TopicFilter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One client's connection to the broker, which it may open more than once. It reads PUBLISH and
/// the acknowledgements itself, where they lie; for the rest it asks the codec. Owned by its loop.
///
/// Sharable, as Netty calls it, for its connections come one after the other.
@Sharable
final class Link extends ChannelInboundHandlerAdapter {

    /// Who the client is and what it wants.
    ///
    /// @param filter null for no subscription
    /// @param expiry seconds that the session outlives the connection; 0 for a clean session
    record Client(
            Plan plan,
            String id,
            @Nullable String user,
            @Nullable TopicFilter filter,
            long expiry,
            @Nullable InetSocketAddress from) {}

    private enum State {
        CLOSED,
        OPENING,
        UPGRADING,
        LOGIN,
        SUBSCRIBING,
        READY,
        LEAVING
    }

    private static final int LARGEST_PACKET = 268_435_460; // all that the fixed header can say
    private static final int SUBSCRIBE_ID = 1;

    // For the whole run.
    private final Client client;
    private final Worker worker;
    private final Peer peer;
    private final ProtocolVersion version;
    private boolean cleanStart;
    private boolean subscribes;

    // Of one connection.
    private State state = State.CLOSED;
    private @Nullable Channel channel;
    private @Nullable Outlet outlet;
    private @Nullable Inlet inlet;
    private @Nullable FrameDecoder frames;
    private PacketDecoder decoder = new PacketDecoder(LARGEST_PACKET);
    private PendingIds pending = new PendingIds();
    private int receiveMaximum = Packet.MAX_PACKET_ID;

    Link(Client client, Worker worker, Peer peer) {
        this.client = client;
        this.worker = worker;
        this.peer = peer;
        this.version = client.plan().version();
        this.cleanStart = client.expiry() == 0;
        this.subscribes = client.filter() != null;
    }

    Worker worker() {
        return worker;
    }

    boolean isReady() {
        return state == State.READY;
    }

    /// How the next connection begins.
    void next(boolean cleanStart, boolean subscribes) {
        this.cleanStart = cleanStart;
        this.subscribes = subscribes && client.filter() != null;
    }

    boolean isWritable() {
        Outlet out = outlet;
        return out != null && out.isWritable();
    }

    /// A buffer to write exactly one packet of this size to; [#end] must follow.
    ByteBuf begin(int size) {
        return out().begin(size);
    }

    void end() {
        out().end();
    }

    private Outlet out() {
        Outlet out = outlet;
        if (out == null) {
            throw new IllegalStateException("not connected");
        }
        return out;
    }

    // Opening and closing.

    /// To be called by [Worker#open] only.
    void open() {
        state = State.OPENING;
        decoder = new PacketDecoder(LARGEST_PACKET);
        decoder.version(version);
        pending = new PendingIds();
        inlet = new Inlet(worker.reads());
        Target target = client.plan().target();
        ChannelFuture connecting =
                worker.bootstrap()
                        .clone()
                        .handler(this)
                        .option(ChannelOption.RECVBUF_ALLOCATOR, inlet)
                        .connect(
                                new InetSocketAddress(target.host(), target.port()), client.from());
        connecting.addListener(
                done -> {
                    if (!done.isSuccess()) {
                        fail("connect: " + String.valueOf(done.cause().getMessage()));
                        gone();
                    }
                });
    }

    /// Says DISCONNECT; the broker closes.
    void leave() {
        if (state == State.READY) {
            state = State.LEAVING;
            send(new Disconnect(ReasonCode.NORMAL_DISCONNECTION, Properties.NONE));
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        Target target = client.plan().target();
        outlet = new Outlet(worker, ctx.channel(), target.isWebSocket());
        if (target.isWebSocket()) {
            state = State.UPGRADING;
            frames = new FrameDecoder(false);
            byte[] request = Upgrade.request(target).getBytes(US_ASCII);
            ctx.writeAndFlush(ctx.alloc().buffer(request.length).writeBytes(request));
        } else {
            login();
        }
    }

    private void login() {
        state = State.LOGIN;
        boolean keeps = client.expiry() > 0 && !cleanStart;
        Properties properties =
                version.isMqtt5() && keeps
                        ? Properties.builder()
                                .add(Property.SESSION_EXPIRY_INTERVAL, client.expiry())
                                .build()
                        : Properties.NONE;
        String password = client.plan().password();
        send(
                new Connect(
                        version,
                        client.id(),
                        cleanStart,
                        0,
                        null,
                        client.user(),
                        client.user() == null || password == null
                                ? null
                                : password.getBytes(US_ASCII),
                        properties));
    }

    private void send(Packet packet) {
        int size = PacketEncoder.encodedSize(packet, version);
        PacketEncoder.encode(packet, version, begin(size));
        end();
    }

    private void ready() {
        state = State.READY;
        worker.tally().count(Figure.READY);
        worker.opened();
        peer.ready(receiveMaximum);
    }

    private void fail(String why) {
        worker.problems().add(why);
        worker.tally().count(Figure.FAILED);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        gone();
    }

    private void gone() {
        State last = state;
        state = State.CLOSED;
        channel = null;
        outlet = null;
        switch (last) {
            case CLOSED -> {}
            case OPENING -> worker.opened();
            case UPGRADING, LOGIN, SUBSCRIBING -> {
                fail("the broker closed the connection before it was ready");
                worker.opened();
            }
            case LEAVING -> worker.tally().count(Figure.READY, -1);
            case READY -> {
                worker.problems().add("the broker closed a connection");
                worker.tally().count(Figure.READY, -1);
                worker.tally().count(Figure.DISCONNECTED);
            }
        }
        peer.closed();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            peer.writable();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        worker.problems().add(String.valueOf(cause.getMessage()));
        ctx.close();
    }

    // Reading.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        ByteBuf in = (ByteBuf) message;
        worker.readAt(System.nanoTime());
        try {
            if (state == State.UPGRADING && !upgraded(in)) {
                return;
            }
            unframe(in);
            packets(in);
        } finally {
            Inlet kept = inlet;
            if (kept != null && !kept.keepRest()) {
                worker.problems().add("a packet is larger than any that was sent");
                ctx.close();
            }
            in.release();
        }
    }

    private boolean upgraded(ByteBuf in) {
        String status = Upgrade.answer(in);
        if (status == null) {
            return false;
        }
        if (!status.startsWith("HTTP/1.1 101")) {
            worker.problems().add("WebSocket refused: " + status);
            close();
            return false;
        }
        login();
        return true;
    }

    private void unframe(ByteBuf in) {
        FrameDecoder framed = frames;
        Inlet kept = inlet;
        if (framed == null || kept == null) {
            return;
        }
        int status = framed.decode(in, Math.max(in.readerIndex(), kept.restLength()));
        byte[] ping = framed.takePing();
        if (ping != null) {
            out().pong(ping);
        }
        if (status != 0) {
            close();
        }
    }

    private void close() {
        Channel open = channel;
        if (open != null) {
            open.close();
        }
    }

    private void packets(ByteBuf in) throws MalformedPacketException {
        int end = in.writerIndex();
        int at = in.readerIndex();
        while (end - at >= 2) {
            int body = at + 2;
            int length = in.getByte(at + 1);
            for (int shift = 7; length < 0; shift += 7) { // the length goes on in the next byte
                if (body == end || shift > 21) {
                    in.readerIndex(at);
                    return;
                }
                length = (length & ~(-1 << shift)) | (in.getByte(body++) << shift);
            }
            if (end - body < length) {
                break;
            }
            packet(in, at, body, length);
            at = body + length;
        }
        in.readerIndex(at);
    }

    private void packet(ByteBuf in, int at, int body, int length) throws MalformedPacketException {
        int first = in.getByte(at) & 0xFF;
        switch (first >> 4) {
            case 3 -> publish(in, first, body, body + length);
            case 4, 7 -> acknowledged(in, body, length);
            case 5 -> received(in, body, length);
            case 6 -> released(in.getUnsignedShort(body));
            default -> control(decoder.decode(in.readerIndex(at)));
        }
    }

    private void publish(ByteBuf in, int first, int body, int end) {
        int at = body + 2 + in.getUnsignedShort(body);
        int qos = (first >> 1) & 3;
        int packetId = 0;
        if (qos > 0 && at + 2 <= end) {
            packetId = in.getUnsignedShort(at);
            at += 2;
        }
        if (version.isMqtt5() && at < end) {
            at = behindProperties(in, at);
        }
        if (at > end) {
            worker.tally().count(Figure.UNEXPECTED);
            return;
        }
        if (qos == 1) {
            answer(PacketType.PUBACK, packetId);
        } else if (qos == 2) {
            answer(PacketType.PUBREC, packetId);
            if (!pending.add(packetId)) {
                worker.tally().count(Figure.REDELIVERED);
                return;
            }
        }
        peer.delivered(in, at, end - at);
    }

    private static int behindProperties(ByteBuf in, int at) {
        int length = 0;
        int from = at;
        for (int shift = 0; shift <= 21; shift += 7) {
            int digit = in.getByte(from++);
            length |= (digit & 0x7F) << shift;
            if (digit >= 0) {
                break;
            }
        }
        return from + length;
    }

    private void answer(PacketType type, int packetId) {
        int flags = type == PacketType.PUBREL ? 2 : 0;
        begin(4).writeInt(((type.code() << 4 | flags) << 24) | (2 << 16) | packetId);
        end();
    }

    /// PUBACK and PUBCOMP.
    private void acknowledged(ByteBuf in, int body, int length) {
        peer.acknowledged(in.getUnsignedShort(body), refuses(in, body, length));
    }

    private static boolean refuses(ByteBuf in, int body, int length) {
        return length > 2 && in.getByte(body + 2) < 0; // 0x80 and above
    }

    /// PUBREC.
    private void received(ByteBuf in, int body, int length) {
        int packetId = in.getUnsignedShort(body);
        if (refuses(in, body, length)) {
            peer.acknowledged(packetId, true);
        } else if (peer.received(packetId)) {
            answer(PacketType.PUBREL, packetId);
        }
    }

    /// PUBREL.
    private void released(int packetId) {
        pending.remove(packetId);
        answer(PacketType.PUBCOMP, packetId);
    }

    private void control(@Nullable Packet packet) {
        switch (packet) {
            case ConnAck ack when state == State.LOGIN -> accepted(ack);
            case SubAck ack when state == State.SUBSCRIBING -> granted(ack);
            case Disconnect end ->
                    worker.problems()
                            .add("DISCONNECT: " + reason(end.reasonCode(), end.properties()));
            case null, default -> worker.tally().count(Figure.UNEXPECTED);
        }
    }

    private void accepted(ConnAck ack) {
        if (ack.reasonCode().isError()) {
            worker.problems()
                    .add("connection refused: " + reason(ack.reasonCode(), ack.properties()));
            close();
            return;
        }
        worker.tally().count(Figure.CONNECTED);
        receiveMaximum =
                (int) ack.properties().number(Property.RECEIVE_MAXIMUM, Packet.MAX_PACKET_ID);
        TopicFilter filter = client.filter();
        if (subscribes && filter != null) {
            state = State.SUBSCRIBING;
            QoS qos = client.plan().qos();
            send(
                    new Subscribe(
                            SUBSCRIBE_ID, List.of(Subscription.of(filter, qos)), Properties.NONE));
        } else {
            ready();
        }
    }

    private void granted(SubAck ack) {
        ReasonCode code = ack.reasonCodes().getFirst();
        if (code.isError()) {
            worker.problems()
                    .add(
                            "subscription to %s refused: %s"
                                    .formatted(client.filter(), reason(code, ack.properties())));
            close();
        } else {
            ready();
        }
    }

    private static String reason(ReasonCode code, Properties properties) {
        String text = properties.text(Property.REASON_STRING);
        return "0x%02X %s%s".formatted(code.value(), code, text == null ? "" : ", " + text);
    }
}
