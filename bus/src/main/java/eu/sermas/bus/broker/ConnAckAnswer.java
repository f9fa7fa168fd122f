package eu.sermas.bus.broker;

import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;

/// What the broker grants of what CONNECT asks for, and how CONNACK says so, MQTT 5 section
/// 3.2.2.3.
///
/// @param sessionExpiry seconds
/// @param keepAlive seconds, 0 for none
/// @param properties of CONNACK; empty for MQTT 3
record ConnAckAnswer(long sessionExpiry, int keepAlive, Properties properties) {

    static ConnAckAnswer to(
            Connect connect, String clientId, boolean assigned, Limits limits, Features features) {
        return connect.version().isMqtt5()
                ? toMqtt5(connect, clientId, assigned, limits, features)
                : toMqtt3(connect, limits);
    }

    /// MQTT 3 cannot be told anything: a session that is not clean lives as long as any may, and
    /// the keep-alive is the client's.
    private static ConnAckAnswer toMqtt3(Connect connect, Limits limits) {
        long expiry = connect.cleanStart() ? 0 : limits.maxSessionExpiry();
        return new ConnAckAnswer(expiry, connect.keepAlive(), Properties.NONE);
    }

    private static ConnAckAnswer toMqtt5(
            Connect connect, String clientId, boolean assigned, Limits limits, Features features) {
        Properties.Builder properties = Properties.builder();
        long asked = connect.properties().number(Property.SESSION_EXPIRY_INTERVAL, 0);
        long expiry = Math.min(asked, limits.maxSessionExpiry());
        if (expiry != asked) {
            properties.add(Property.SESSION_EXPIRY_INTERVAL, expiry);
        }
        int keepAlive = connect.keepAlive(); // [MQTT-3.2.2-22]
        if (keepAlive == 0 || keepAlive > limits.maxKeepAlive()) {
            keepAlive = limits.maxKeepAlive();
            properties.add(Property.SERVER_KEEP_ALIVE, keepAlive); // [MQTT-3.2.2-21]
        }
        if (assigned) {
            properties.add(Property.ASSIGNED_CLIENT_IDENTIFIER, clientId); // [MQTT-3.2.2-16]
        }
        if (limits.receiveMaximum() != Limits.NO_RECEIVE_MAXIMUM) {
            properties.add(Property.RECEIVE_MAXIMUM, limits.receiveMaximum());
        }
        properties.add(Property.MAXIMUM_PACKET_SIZE, limits.maxPacketSize());
        if (limits.topicAliasMaximum() > 0) {
            properties.add(Property.TOPIC_ALIAS_MAXIMUM, limits.topicAliasMaximum());
        }
        announce(features, properties);
        String response = features.responseInformation();
        if (response != null
                && connect.properties().number(Property.REQUEST_RESPONSE_INFORMATION, 0) == 1) {
            properties.add(Property.RESPONSE_INFORMATION, response); // [MQTT-3.1.2-28]
        }
        properties.addIfPresent( // [MQTT-4.12.0-5] [MQTT-4.12.0-6]
                Property.AUTHENTICATION_METHOD,
                connect.properties().text(Property.AUTHENTICATION_METHOD));
        return new ConnAckAnswer(expiry, keepAlive, properties.build());
    }

    /// Says what is switched off; what is on is the default and need not be said.
    private static void announce(Features features, Properties.Builder properties) {
        if (features.maximumQos() != QoS.EXACTLY_ONCE) { // [MQTT-3.2.2-9]
            properties.add(Property.MAXIMUM_QOS, features.maximumQos().value());
        }
        unavailable(properties, Property.RETAIN_AVAILABLE, features.retain());
        unavailable(
                properties,
                Property.WILDCARD_SUBSCRIPTION_AVAILABLE,
                features.wildcardSubscriptions());
        unavailable(
                properties,
                Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE,
                features.subscriptionIdentifiers());
        unavailable(
                properties, Property.SHARED_SUBSCRIPTION_AVAILABLE, features.sharedSubscriptions());
    }

    private static void unavailable(
            Properties.Builder properties, Property property, boolean available) {
        if (!available) {
            properties.add(property, 0);
        }
    }

    ConnAck packet(boolean sessionPresent) {
        return new ConnAck(sessionPresent, ReasonCode.SUCCESS, properties);
    }
}
