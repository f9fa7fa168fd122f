package eu.sermas.bus.codec;

import eu.sermas.bus.packet.Auth;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.PingReq;
import eu.sermas.bus.packet.PingResp;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.UnsubAck;
import eu.sermas.bus.packet.Unsubscribe;
import eu.sermas.bus.packet.UserProperty;
import eu.sermas.bus.packet.Will;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnAckVariableHeader;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubAckPayload;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttSubscribePayload;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption.RetainedHandlingPolicy;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubAckMessage;
import io.netty.handler.codec.mqtt.MqttUnsubAckPayload;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribePayload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Our packets said in the terms of Netty's MQTT codec, field by field.
final class NettyMessages {

    private NettyMessages() {}

    static MqttMessage of(Packet packet, ProtocolVersion version) {
        return switch (packet) {
            case Connect connect -> connect(connect);
            case ConnAck ack -> connAck(ack, version);
            case Publish publish -> publish(publish);
            case PubAck(int id, ReasonCode code, Properties properties) ->
                    reply(MqttMessageType.PUBACK, id, code, properties);
            case PubRec(int id, ReasonCode code, Properties properties) ->
                    reply(MqttMessageType.PUBREC, id, code, properties);
            case PubRel(int id, ReasonCode code, Properties properties) ->
                    reply(MqttMessageType.PUBREL, id, code, properties);
            case PubComp(int id, ReasonCode code, Properties properties) ->
                    reply(MqttMessageType.PUBCOMP, id, code, properties);
            case Subscribe subscribe -> subscribe(subscribe);
            case SubAck ack -> subAck(ack, version);
            case Unsubscribe unsubscribe ->
                    new MqttUnsubscribeMessage(
                            fixed(MqttMessageType.UNSUBSCRIBE),
                            header(unsubscribe.packetId(), unsubscribe.properties()),
                            new MqttUnsubscribePayload(
                                    unsubscribe.filters().stream()
                                            .map(TopicFilter::text)
                                            .toList()));
            case UnsubAck ack ->
                    new MqttUnsubAckMessage(
                            fixed(MqttMessageType.UNSUBACK),
                            header(ack.packetId(), ack.properties()),
                            new MqttUnsubAckPayload(
                                    ack.reasonCodes().stream()
                                            .map(code -> (short) code.value())
                                            .toList()));
            case PingReq() -> MqttMessage.PINGREQ;
            case PingResp() -> MqttMessage.PINGRESP;
            case Disconnect(ReasonCode code, Properties properties) ->
                    coded(MqttMessageType.DISCONNECT, code, properties);
            case Auth(ReasonCode code, Properties properties) ->
                    coded(MqttMessageType.AUTH, code, properties);
        };
    }

    private static MqttMessage connect(Connect connect) {
        Will will = connect.will();
        ProtocolVersion version = connect.version();
        return new MqttConnectMessage(
                fixed(MqttMessageType.CONNECT),
                new MqttConnectVariableHeader(
                        version.protocolName(),
                        version.level(),
                        connect.userName() != null,
                        connect.password() != null,
                        will != null && will.retain(),
                        will == null ? 0 : will.qos().value(),
                        will != null,
                        connect.cleanStart(),
                        connect.keepAlive(),
                        properties(connect.properties())),
                payload(connect, will));
    }

    private static MqttConnectPayload payload(Connect connect, @Nullable Will will) {
        return new MqttConnectPayload(
                connect.clientId(),
                properties(will == null ? Properties.NONE : will.properties()),
                will == null ? null : will.topic().name(),
                will == null ? null : will.payload(),
                connect.userName(),
                connect.password());
    }

    private static MqttMessage connAck(ConnAck ack, ProtocolVersion version) {
        int code =
                version.isMqtt5()
                        ? ack.reasonCode().value()
                        : ReturnCodes.connAck(ack.reasonCode());
        return new MqttConnAckMessage(
                fixed(MqttMessageType.CONNACK),
                new MqttConnAckVariableHeader(
                        MqttConnectReturnCode.valueOf((byte) code),
                        ack.sessionPresent(),
                        properties(ack.properties())));
    }

    private static MqttMessage publish(Publish publish) {
        MqttFixedHeader fixed =
                new MqttFixedHeader(
                        MqttMessageType.PUBLISH,
                        publish.dup(),
                        qos(publish.qos()),
                        publish.retain(),
                        0);
        String topic = publish.topic() == null ? "" : publish.topic().name();
        return new MqttPublishMessage(
                fixed,
                new MqttPublishVariableHeader(
                        topic, publish.packetId(), properties(publish.properties())),
                Unpooled.wrappedBuffer(publish.payload()));
    }

    private static MqttMessage subscribe(Subscribe subscribe) {
        List<MqttTopicSubscription> subscriptions =
                subscribe.subscriptions().stream().map(NettyMessages::subscription).toList();
        return new MqttSubscribeMessage(
                fixed(MqttMessageType.SUBSCRIBE),
                header(subscribe.packetId(), subscribe.properties()),
                new MqttSubscribePayload(subscriptions));
    }

    private static MqttTopicSubscription subscription(Subscription subscription) {
        return new MqttTopicSubscription(
                subscription.filter().text(),
                new MqttSubscriptionOption(
                        qos(subscription.qos()),
                        subscription.noLocal(),
                        subscription.retainAsPublished(),
                        RetainedHandlingPolicy.valueOf(subscription.retainHandling().ordinal())));
    }

    private static MqttMessage subAck(SubAck ack, ProtocolVersion version) {
        int[] codes =
                ack.reasonCodes().stream()
                        .mapToInt(
                                code -> version.isMqtt5() ? code.value() : ReturnCodes.subAck(code))
                        .toArray();
        return new MqttSubAckMessage(
                fixed(MqttMessageType.SUBACK),
                header(ack.packetId(), ack.properties()),
                new MqttSubAckPayload(codes));
    }

    private static MqttMessage reply(
            MqttMessageType type, int packetId, ReasonCode code, Properties properties) {
        return new MqttMessage(
                fixed(type),
                new MqttPubReplyMessageVariableHeader(
                        packetId, (byte) code.value(), properties(properties)));
    }

    private static MqttMessage coded(MqttMessageType type, ReasonCode code, Properties properties) {
        return new MqttMessage(
                fixed(type),
                new MqttReasonCodeAndPropertiesVariableHeader(
                        (byte) code.value(), properties(properties)));
    }

    private static MqttMessageIdAndPropertiesVariableHeader header(
            int packetId, Properties properties) {
        return new MqttMessageIdAndPropertiesVariableHeader(packetId, properties(properties));
    }

    private static MqttFixedHeader fixed(MqttMessageType type) {
        MqttQoS qos =
                switch (type) {
                    case PUBREL, SUBSCRIBE, UNSUBSCRIBE -> MqttQoS.AT_LEAST_ONCE;
                    default -> MqttQoS.AT_MOST_ONCE;
                };
        return new MqttFixedHeader(type, false, qos, false, 0);
    }

    private static MqttQoS qos(QoS qos) {
        return MqttQoS.valueOf(qos.value());
    }

    private static MqttProperties properties(Properties properties) {
        MqttProperties mapped = new MqttProperties();
        for (int i = 0; i < properties.size(); i++) {
            mapped.add(property(properties.keyAt(i), properties.valueAt(i)));
        }
        return mapped;
    }

    private static MqttProperties.MqttProperty<?> property(Property property, Object value) {
        int id = property.id();
        return switch (value) {
            case Long number -> new MqttProperties.IntegerProperty(id, number.intValue());
            case String text -> new MqttProperties.StringProperty(id, text);
            case byte[] bytes -> new MqttProperties.BinaryProperty(id, bytes);
            case UserProperty pair -> new MqttProperties.UserProperty(pair.name(), pair.value());
            default -> throw new AssertionError(value);
        };
    }
}
