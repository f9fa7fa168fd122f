package eu.sermas.bus.transport;

import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.peer.InputEnd;
import eu.sermas.bus.peer.ProxyHeader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import java.io.IOException;

/// Tells by its first byte what a connection speaks: 0x10 is the fixed header of MQTT's CONNECT, to
/// which MQTT 3.1 lets anybody add flags, 0x16 a TLS record of the handshake, and an HTTP request
/// begins with the letters of its method. Builds the pipeline for it and leaves. Behind TLS another
/// one looks at what is inside.
final class PortSniffer extends ChannelInboundHandlerAdapter {

    private static final int MQTT_CONNECT = 0x10;
    private static final int TLS_HANDSHAKE = 0x16;
    private static final String UNEXPECTED =
            "PROXY header: of somebody who is not trusted (expected: from those of proxy-protocol)";

    /// Where a sniffer stands, and so what it lets in.
    enum Place {
        /// The port for everything.
        MAIN(true, true),
        /// The port for MQTT, plain or in TLS.
        MQTT(true, false),
        /// Inside TLS on the main port.
        MAIN_IN_TLS(false, true),
        /// Inside TLS on the MQTT port.
        MQTT_IN_TLS(false, false);

        private final boolean tls;
        private final boolean http;

        Place(boolean tls, boolean http) {
            this.tls = tls;
            this.http = http;
        }

        Place inTls() {
            return this == MAIN ? MAIN_IN_TLS : MQTT_IN_TLS;
        }
    }

    private final Pipelines pipelines;
    private final Place place;

    PortSniffer(Pipelines pipelines, Place place) {
        this.pipelines = pipelines;
        this.place = place;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (!in.isReadable()) {
            in.release();
            return;
        }
        int first = in.getUnsignedByte(in.readerIndex());
        ChannelPipeline pipeline = ctx.pipeline();
        if (ProxyHeader.isBegunIn(in)) {
            in.release();
            pipelines.drop(ctx.channel(), UNEXPECTED);
            return;
        }
        if (isConnect(first) && (!place.tls || !pipelines.requiresCertificate())) {
            pipelines.mqtt(pipeline, false);
        } else if (first == TLS_HANDSHAKE && place.tls && pipelines.hasTls()) {
            pipelines.tls(pipeline, place.inTls());
        } else if (place.http && beginsWithMethod(in)) {
            pipelines.http(pipeline);
        } else {
            in.release();
            pipelines.drop(ctx.channel(), "first byte: 0x%02X".formatted(first));
            return;
        }
        pipeline.remove(this);
        ctx.fireChannelRead(in);
    }

    /// Nobody says anything any more.
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
        if (cause instanceof IOException) {
            // Whoever looks whether the port is open, as load balancers do, resets it all day.
            pipelines.metrics().increment(Count.CONNECTIONS_DROPPED);
            pipelines.failed(ctx.channel(), cause);
        } else {
            pipelines.drop(ctx.channel(), String.valueOf(cause.getMessage()));
        }
    }

    private static boolean isConnect(int first) {
        return (first & 0xF0) == MQTT_CONNECT && first != TLS_HANDSHAKE;
    }

    /// PUBREC, PUBREL and PUBCOMP begin with the code of a letter too, but no letter follows.
    private static boolean beginsWithMethod(ByteBuf in) {
        int index = in.readerIndex();
        return isLetter(in.getUnsignedByte(index))
                && (in.readableBytes() == 1 || isLetter(in.getUnsignedByte(index + 1)));
    }

    private static boolean isLetter(int first) {
        return (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z');
    }
}
