package eu.sermas.bus.transport;

import eu.sermas.bus.codec.MalformedPacketException;
import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.PacketType;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.peer.InputEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Waits for CONNECT, which must be the first packet [MQTT-3.1.0-1]. Who sends something else gets
/// no answer.
final class ConnectPhase extends ChannelInboundHandlerAdapter {

    /// Nobody has shown who they are yet: a CONNECT has four fields of at most 64 KiB, and a few
    /// properties.
    static final int LARGEST_CONNECT = 512 * 1024;

    private final Pipelines pipelines;
    private final Inbound inbound;
    private final boolean webSocket;
    private boolean handedOn;

    ConnectPhase(Pipelines pipelines, Inbound inbound, boolean webSocket) {
        this.pipelines = pipelines;
        this.inbound = inbound;
        this.webSocket = webSocket;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        pipelines.metrics().add(Count.BYTES_RECEIVED, in.readableBytes());
        inbound.append(in);
        try {
            Packet packet = inbound.next();
            if (packet instanceof Connect connect) {
                pipelines.metrics().increment(Count.PACKETS_RECEIVED);
                handOn(ctx, connect);
            } else if (packet != null) {
                drop(ctx, "first packet is not CONNECT");
            }
        } catch (MalformedPacketException e) {
            refuse(ctx, e);
        } catch (InputRefused e) {
            pipelines.drop(ctx.channel(), String.valueOf(e.getMessage()));
        }
    }

    private void handOn(ChannelHandlerContext ctx, Connect connect) {
        handedOn = true;
        String method = Credentials.methodOf(connect);
        byte[] token = connect.properties().binary(Property.AUTHENTICATION_DATA);
        if (Credentials.METHOD.equals(method) && token == null) { // [MQTT-4.12.0-6]
            ChallengePhase challenge = new ChallengePhase(pipelines, inbound, connect, webSocket);
            ctx.pipeline().replace(this, Phase.NAME, challenge);
            challenge.start(ctx.pipeline().context(challenge));
            return;
        }
        Credentials credentials =
                method == null || token == null
                        ? Credentials.of(connect)
                        : Credentials.ofToken(token);
        LoginPhase.enter(
                ctx, this, new LoginPhase(pipelines, inbound, connect, credentials, webSocket));
    }

    /// A client that showed its version is told, where the version has a word for it [MQTT-3.1.2-2]
    /// [MQTT-3.1.4-1].
    private void refuse(ChannelHandlerContext ctx, MalformedPacketException e) {
        ProtocolVersion version = inbound.version();
        ReasonCode reason = e.reasonCode();
        boolean hasWord =
                version != null
                        && reason.allowedIn(PacketType.CONNACK)
                        && (version.isMqtt5()
                                || reason == ReasonCode.UNSUPPORTED_PROTOCOL_VERSION
                                || reason == ReasonCode.CLIENT_IDENTIFIER_NOT_VALID);
        if (version == null || !hasWord) {
            drop(ctx, String.valueOf(e.getMessage()));
            return;
        }
        pipelines.metrics().increment(Count.PROTOCOL_ERRORS);
        ConnectDeadline.met(ctx.pipeline());
        pipelines.refuse(
                pipelines.connection(ctx.channel(), webSocket, version, null, null),
                ctx.channel(),
                null,
                reason,
                String.valueOf(e.getMessage()));
    }

    private void drop(ChannelHandlerContext ctx, String reason) {
        pipelines.metrics().increment(Count.PROTOCOL_ERRORS);
        pipelines.drop(ctx.channel(), reason);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (!handedOn) {
            inbound.release();
        }
    }

    /// No CONNECT will come.
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (InputEnd.isToldBy(event)) {
            ctx.close();
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        pipelines.failed(ctx.channel(), cause);
    }
}
