package eu.sermas.bus.transport;

import eu.sermas.bus.access.Login;
import eu.sermas.bus.broker.Broker;
import eu.sermas.bus.codec.PacketDecoder;
import eu.sermas.bus.http.HttpCodec;
import eu.sermas.bus.http.HttpRules;
import eu.sermas.bus.identity.Authenticator;
import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.peer.ClientAddress;
import eu.sermas.bus.peer.Networks;
import eu.sermas.bus.session.Peer;
import eu.sermas.bus.session.Peer.Transport;
import eu.sermas.bus.tls.Certificates;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.CodecException;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Builds the pipeline of a connection once it is known what it speaks, and holds what the handlers
/// share. For the life of the server; read by all loops.
///
/// @param rules of HTTP
/// @param http appends the handlers of all HTTP that is not WebSocket
/// @param proxies whose connections begin with a PROXY header
record Pipelines(
        EventLoops loops,
        Broker broker,
        Authenticator authenticator,
        TransportLimits limits,
        InputBudget input,
        OutputBudget output,
        Metrics metrics,
        @Nullable Certificates certificates,
        HttpRules rules,
        Consumer<ChannelPipeline> http,
        RefusalLog refusals,
        LoginDelays delays,
        AcceptGate gate,
        Networks proxies) {

    private static final Logger LOG = LoggerFactory.getLogger(Pipelines.class);

    boolean hasTls() {
        return certificates != null;
    }

    /// Whether MQTT has to come in TLS, with a certificate.
    boolean requiresCertificate() {
        return certificates != null && certificates.areRequiredOfClients();
    }

    /// What the client of a connection has shown in its TLS handshake, its own certificate first.
    static List<X509Certificate> certificatesOf(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            return List.of();
        }
        try {
            return Arrays.stream(tls.engine().getSession().getPeerCertificates())
                    .filter(X509Certificate.class::isInstance)
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (SSLPeerUnverifiedException _) {
            return List.of();
        }
    }

    /// Where the client of a connection is, as a proxy says that is believed; it counts as one that
    /// comes from there.
    void comesFrom(Channel channel, InetSocketAddress client) {
        ClientAddress.isAt(channel, client);
        gate.entered(channel, client.getAddress());
    }

    int maxPacketSize() {
        return broker.limits().maxPacketSize();
    }

    void mqtt(ChannelPipeline pipeline, boolean webSocket) {
        int largest = Math.min(maxPacketSize(), ConnectPhase.LARGEST_CONNECT);
        Channel channel = pipeline.channel();
        Inbound inbound =
                new Inbound(
                        new PacketDecoder(largest), channel.alloc(), input.beforeLogin(channel));
        pipeline.addLast(Phase.NAME, new ConnectPhase(this, inbound, webSocket));
    }

    void tls(ChannelPipeline pipeline, PortSniffer.Place inside) {
        Certificates shown = certificates;
        if (shown == null) {
            throw new IllegalStateException("no certificate");
        }
        SslHandler handler = shown.newHandler(pipeline.channel().alloc());
        UnfinishedHandshake.countFor(handler, this, pipeline.channel());
        handler.setHandshakeTimeout(limits.connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
        pipeline.addLast(handler, new PortSniffer(this, inside));
    }

    void http(ChannelPipeline pipeline) {
        ConnectDeadline.met(pipeline);
        HttpCodec.addTo(pipeline, rules.budget());
        pipeline.addLast(new HttpTimeouts(limits), new WebSocketDoor(this));
        http.accept(pipeline);
    }

    /// Puts MQTT over WebSocket behind the handlers that are there.
    void webSocket(ChannelPipeline pipeline) {
        pipeline.addLast(new WebSocketFrames());
        mqtt(pipeline, true);
        ConnectDeadline.set(pipeline, limits.connectTimeout(), metrics);
    }

    /// @param connect null where it could not be read
    /// @param login null where there is none, and so nothing but an answer
    MqttConnection connection(
            Channel channel,
            boolean webSocket,
            ProtocolVersion version,
            @Nullable Connect connect,
            @Nullable Login login) {
        Turn turn = loops.of(channel.eventLoop()).turn();
        return new MqttConnection(
                channel,
                turn,
                new Backlog(channel, login == null ? null : output.of(login, channel, turn)),
                webSocket,
                version,
                connect,
                broker.limits().topicAliasMaximum());
    }

    /// Answers CONNECT with the reason, then closes; there is no DISCONNECT before a CONNACK that
    /// accepts [MQTT-3.14.0-1].
    void refuse(
            MqttConnection connection,
            Channel channel,
            @Nullable String clientId,
            ReasonCode reason,
            String text) {
        refusals.refused(channel, clientId, text);
        metrics.increment(Count.CONNECTIONS_REFUSED);
        connection.send( // [MQTT-3.2.2-6] [MQTT-3.2.2-8]
                new ConnAck(false, reason, Properties.reason(text)));
        // MQTT 3.1.1 [MQTT-3.2.2-4] [MQTT-3.2.2-5]; nothing more is read [MQTT-3.1.4-5]
        connection.end(); // [MQTT-4.13.2-1] [MQTT-3.2.2-7] [MQTT-3.1.4-6]
    }

    /// The other side of a connection that speaks MQTT.
    static Peer peerOf(Channel channel) {
        boolean isTls = channel.pipeline().get(SslHandler.class) != null;
        boolean isWebSocket = channel.pipeline().get(WebSocketFrames.class) != null;
        Transport transport =
                isWebSocket
                        ? (isTls ? Transport.WSS : Transport.WS)
                        : (isTls ? Transport.TLS : Transport.TCP);
        return new Peer(transport, ClientAddress.addressOf(channel), ClientAddress.portOf(channel));
    }

    /// Closes without an answer one that has not shown who it is.
    void drop(Channel channel, String reason) {
        drop(channel, null, reason);
    }

    /// Closes without an answer one that may well come in a little later.
    void drop(Channel channel, @Nullable String clientId, String reason) {
        refusals.refused(channel, clientId, reason);
        metrics.increment(Count.CONNECTIONS_DROPPED);
        channel.close();
    }

    /// An exception that reached the end of a pipeline: the network's are everyday, and what cannot
    /// be decoded is the peer's; all others are ours.
    void failed(Channel channel, Throwable cause) {
        if (cause instanceof CodecException) {
            metrics.increment(Count.PROTOCOL_ERRORS);
            LOG.debug("{}: {}", ClientAddress.nameOf(channel), cause.toString());
        } else if (cause instanceof IOException) {
            LOG.debug("{}: {}", ClientAddress.nameOf(channel), cause.toString());
        } else {
            LOG.error("{}: closing", ClientAddress.nameOf(channel), cause);
        }
        channel.close();
    }
}
