package eu.sermas.bus.codec;

import static eu.sermas.bus.codec.MalformedPacketException.malformed;
import static eu.sermas.bus.codec.MalformedPacketException.protocolError;

import eu.sermas.bus.packet.PacketType;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.RetainHandling;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.UnsubAck;
import eu.sermas.bus.packet.Unsubscribe;
import java.util.ArrayList;
import java.util.List;

/// SUBSCRIBE, SUBACK, UNSUBSCRIBE and UNSUBACK, sections 3.8 to 3.11.
final class SubscribeDecoder {

    /// Filters of one packet. The broker has a limit of its own, that it answers filter by filter;
    /// this one keeps a packet of shortest filters from filling the memory before it gets there.
    static final int MAX_FILTERS = 10_000;

    /// Levels of all filters of one packet: each is an object, however short.
    static final int MAX_LEVELS = 50_000;

    private SubscribeDecoder() {}

    /// @param bridge whether the client passes on what it gets to another broker, and brings what
    ///   that has: it gets nothing back that it has brought, and RETAIN as it was published. MQTT 5
    ///   has options for that, MQTT 3 only this.
    static Subscribe subscribe(PacketReader reader, ProtocolVersion version, boolean bridge)
            throws MalformedPacketException {
        int packetId = reader.packetId();
        Properties properties = properties(reader, version, PacketType.SUBSCRIBE);
        requirePayload(reader, PacketType.SUBSCRIBE); // [MQTT-3.8.3-2]
        List<Subscription> subscriptions = new ArrayList<>(4);
        int levels = 0;
        while (reader.remaining() > 0) {
            checkCount(subscriptions.size());
            // [MQTT-3.8.3-1]
            TopicFilter filter = Names.filter(reader.string("topic filter"));
            levels += filter.levels().size();
            checkLevels(levels);
            int options = reader.unsignedByte("subscription options");
            subscriptions.add(
                    version.isMqtt5()
                            ? subscription(filter, options)
                            : plain(filter, options, bridge));
        }
        return new Subscribe(packetId, List.copyOf(subscriptions), properties);
    }

    private static Subscription plain(TopicFilter filter, int options, boolean bridge)
            throws MalformedPacketException {
        if (options > 2) { // MQTT 3.1.1 [MQTT-3-8.3-4]
            throw malformed("requested QoS: " + options + " (expected: 0..2)");
        }
        QoS qos = QoS.of(options);
        return bridge
                ? new Subscription(filter, qos, !filter.isShared(), true, RetainHandling.SEND)
                : Subscription.of(filter, qos);
    }

    private static Subscription subscription(TopicFilter filter, int options)
            throws MalformedPacketException {
        if ((options & 0xC0) != 0) { // [MQTT-3.8.3-5]
            throw malformed(
                    "subscription options: 0x%02X (expected: reserved bits 0)".formatted(options));
        }
        if ((options & 0x03) == 3) {
            throw protocolError("maximum QoS: 3 (expected: 0..2)");
        }
        if ((options & 0x30) == 0x30) {
            throw protocolError("retain handling: 3 (expected: 0..2)");
        }
        boolean noLocal = (options & 0x04) != 0;
        if (noLocal && filter.isShared()) { // [MQTT-3.8.3-4]
            throw protocolError(
                    "no local: 1 for '" + filter + "' (expected: 0 for a shared subscription)");
        }
        return new Subscription(
                filter,
                QoS.of(options & 0x03),
                noLocal,
                (options & 0x08) != 0,
                RetainHandling.of(options >> 4));
    }

    static Unsubscribe unsubscribe(PacketReader reader, ProtocolVersion version)
            throws MalformedPacketException {
        int packetId = reader.packetId();
        Properties properties = properties(reader, version, PacketType.UNSUBSCRIBE);
        requirePayload(reader, PacketType.UNSUBSCRIBE); // [MQTT-3.10.3-2]
        List<TopicFilter> filters = new ArrayList<>(4);
        int levels = 0;
        while (reader.remaining() > 0) {
            checkCount(filters.size());
            TopicFilter filter = Names.filter(reader.string("topic filter")); // [MQTT-3.10.3-1]
            levels += filter.levels().size();
            checkLevels(levels);
            filters.add(filter);
        }
        return new Unsubscribe(packetId, List.copyOf(filters), properties);
    }

    static SubAck subAck(PacketReader reader, ProtocolVersion version)
            throws MalformedPacketException {
        int packetId = reader.packetId();
        Properties properties = properties(reader, version, PacketType.SUBACK);
        requirePayload(reader, PacketType.SUBACK);
        List<ReasonCode> codes = new ArrayList<>(4);
        while (reader.remaining() > 0) {
            codes.add(version.isMqtt5() ? reader.reasonCode(PacketType.SUBACK) : granted(reader));
        }
        return new SubAck(packetId, List.copyOf(codes), properties);
    }

    private static ReasonCode granted(PacketReader reader) throws MalformedPacketException {
        int value = reader.unsignedByte("return code");
        ReasonCode code = ReturnCodes.ofSubAck(value);
        if (code == null) { // MQTT 3.1.1 [MQTT-3.9.3-2]
            throw protocolError("return code: 0x%02X (expected: 0..2 or 0x80)".formatted(value));
        }
        return code;
    }

    static UnsubAck unsubAck(PacketReader reader, ProtocolVersion version)
            throws MalformedPacketException {
        int packetId = reader.packetId();
        if (!version.isMqtt5()) {
            return new UnsubAck(packetId, List.of(), Properties.NONE);
        }
        Properties properties = PropertiesDecoder.decode(reader, PacketType.UNSUBACK);
        requirePayload(reader, PacketType.UNSUBACK);
        List<ReasonCode> codes = new ArrayList<>(4);
        while (reader.remaining() > 0) {
            codes.add(reader.reasonCode(PacketType.UNSUBACK));
        }
        return new UnsubAck(packetId, List.copyOf(codes), properties);
    }

    private static Properties properties(
            PacketReader reader, ProtocolVersion version, PacketType type)
            throws MalformedPacketException {
        return version.isMqtt5() ? PropertiesDecoder.decode(reader, type) : Properties.NONE;
    }

    private static void requirePayload(PacketReader reader, PacketType type)
            throws MalformedPacketException {
        if (reader.remaining() == 0) {
            throw protocolError(type + ": no payload (expected: at least 1 entry)");
        }
    }

    private static void checkCount(int before) throws MalformedPacketException {
        if (before == MAX_FILTERS) {
            throw new MalformedPacketException(
                    ReasonCode.QUOTA_EXCEEDED,
                    "topic filters: more than %d (expected: 1..%1$d)".formatted(MAX_FILTERS));
        }
    }

    private static void checkLevels(int sum) throws MalformedPacketException {
        if (sum > MAX_LEVELS) {
            throw new MalformedPacketException(
                    ReasonCode.QUOTA_EXCEEDED,
                    "topic filters: more than %d levels (expected: 1..%1$d)".formatted(MAX_LEVELS));
        }
    }
}
