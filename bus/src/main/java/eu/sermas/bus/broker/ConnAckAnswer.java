package eu.sermas.bus.broker;

import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ReasonCode;

/// What the broker grants of what CONNECT asks for, and how CONNACK says so, MQTT 5 section
/// 3.2.2.3.
///
/// @param sessionExpiry seconds
/// @param keepAlive seconds, 0 for none
/// @param properties of CONNACK; empty for MQTT 3
record ConnAckAnswer(long sessionExpiry, int keepAlive, Properties properties) {

    static ConnAckAnswer to(Connect connect, String clientId, boolean assigned, Limits limits) {
        return connect.version().isMqtt5()
                ? toMqtt5(connect, clientId, assigned, limits)
                : toMqtt3(connect, limits);
    }

    /// MQTT 3 cannot be told anything: a session that is not clean lives as long as any may, and
    /// the keep-alive is the client's.
    private static ConnAckAnswer toMqtt3(Connect connect, Limits limits) {
        long expiry = connect.cleanStart() ? 0 : limits.maxSessionExpiry();
        return new ConnAckAnswer(expiry, connect.keepAlive(), Properties.NONE);
    }

    private static ConnAckAnswer toMqtt5(
            Connect connect, String clientId, boolean assigned, Limits limits) {
        Properties.Builder properties = Properties.builder();
        long asked = connect.properties().number(Property.SESSION_EXPIRY_INTERVAL, 0);
        long expiry = Math.min(asked, limits.maxSessionExpiry());
        if (expiry != asked) {
            properties.add(Property.SESSION_EXPIRY_INTERVAL, expiry);
        }
        int keepAlive = connect.keepAlive();
        if (keepAlive == 0 || keepAlive > limits.maxKeepAlive()) {
            keepAlive = limits.maxKeepAlive();
            properties.add(Property.SERVER_KEEP_ALIVE, keepAlive); // [MQTT-3.2.2-21]
        }
        if (assigned) {
            properties.add(Property.ASSIGNED_CLIENT_IDENTIFIER, clientId); // [MQTT-3.2.2-16]
        }
        properties.add(Property.RECEIVE_MAXIMUM, limits.receiveMaximum());
        properties.add(Property.MAXIMUM_PACKET_SIZE, limits.maxPacketSize());
        if (limits.topicAliasMaximum() > 0) {
            properties.add(Property.TOPIC_ALIAS_MAXIMUM, limits.topicAliasMaximum());
        }
        return new ConnAckAnswer(expiry, keepAlive, properties.build());
    }

    ConnAck packet(boolean sessionPresent) {
        return new ConnAck(sessionPresent, ReasonCode.SUCCESS, properties);
    }
}
