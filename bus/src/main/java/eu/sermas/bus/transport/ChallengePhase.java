package eu.sermas.bus.transport;

import eu.sermas.bus.codec.MalformedPacketException;
import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.packet.Auth;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.peer.InputEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/// Between a CONNECT that names the method `JWT` without a token and the AUTH that brings it, MQTT
/// 5 section 4.12. The deadline for CONNECT goes on until the token is here.
final class ChallengePhase extends ChannelInboundHandlerAdapter {

    private final Pipelines pipelines;
    private final Inbound inbound;
    private final Connect connect;
    private final boolean webSocket;
    private boolean handedOn;

    ChallengePhase(Pipelines pipelines, Inbound inbound, Connect connect, boolean webSocket) {
        this.pipelines = pipelines;
        this.inbound = inbound;
        this.connect = connect;
        this.webSocket = webSocket;
    }

    /// Asks for the token [MQTT-4.12.0-2].
    void start(ChannelHandlerContext ctx) {
        Properties method =
                Properties.builder()
                        .add(Property.AUTHENTICATION_METHOD, Credentials.METHOD) // [MQTT-4.12.0-5]
                        .build();
        connection(ctx).send(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, method));
        readNext(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        pipelines.metrics().add(Count.BYTES_RECEIVED, in.readableBytes());
        inbound.append(in);
        readNext(ctx);
    }

    private void readNext(ChannelHandlerContext ctx) {
        try {
            Packet packet = inbound.next();
            if (packet != null) {
                pipelines.metrics().increment(Count.PACKETS_RECEIVED);
                receive(ctx, packet);
            }
        } catch (MalformedPacketException e) {
            refuse(ctx, e.reasonCode(), String.valueOf(e.getMessage()));
        } catch (InputRefused e) {
            pipelines.drop(ctx.channel(), connect.clientId(), String.valueOf(e.getMessage()));
        }
    }

    private void receive(ChannelHandlerContext ctx, Packet packet) {
        switch (packet) {
            case Auth auth when token(auth) != null -> handOn(ctx, auth);
            case Auth _ ->
                    refuse(
                            ctx,
                            ReasonCode.BAD_AUTHENTICATION_METHOD,
                            "AUTH without method JWT and a token as authentication data");
            case Disconnect _ -> ctx.close();
            default -> // [MQTT-3.1.2-30]
                    refuse(ctx, ReasonCode.PROTOCOL_ERROR, "expected: AUTH or DISCONNECT");
        }
    }

    private static byte @Nullable [] token(Auth auth) {
        boolean fits =
                auth.reasonCode() == ReasonCode.CONTINUE_AUTHENTICATION // [MQTT-4.12.0-3]
                        && Credentials.METHOD.equals(
                                auth.properties().text(Property.AUTHENTICATION_METHOD));
        return fits ? auth.properties().binary(Property.AUTHENTICATION_DATA) : null;
    }

    private void handOn(ChannelHandlerContext ctx, Auth auth) {
        byte[] token = token(auth);
        if (token != null) {
            handedOn = true;
            LoginPhase.enter(
                    ctx,
                    this,
                    new LoginPhase(
                            pipelines, inbound, connect, Credentials.ofToken(token), webSocket));
        }
    }

    /// Ends it before CONNACK was sent: it carries the reason [MQTT-4.12.0-4].
    private void refuse(ChannelHandlerContext ctx, ReasonCode reason, String text) {
        pipelines.metrics().increment(Count.PROTOCOL_ERRORS);
        ConnectDeadline.met(ctx.pipeline());
        pipelines.refuse(connection(ctx), ctx.channel(), connect.clientId(), reason, text);
    }

    private MqttConnection connection(ChannelHandlerContext ctx) {
        return pipelines.connection(ctx.channel(), webSocket, connect.version(), connect, null);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (!handedOn) {
            inbound.release();
        }
    }

    /// No token will come.
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
