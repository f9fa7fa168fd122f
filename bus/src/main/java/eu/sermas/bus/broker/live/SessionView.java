package eu.sermas.bus.broker.live;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.packet.TopicFilter;
import java.util.List;

/// A session at one moment, for people.
///
/// @param clientId the MQTT client identifier
/// @param rights those in force for it
/// @param expiresAt of the token, in milliseconds since the epoch; `Long.MAX_VALUE` without a
///   connection
public record SessionView(
        String clientId,
        boolean connected,
        AccessRights rights,
        long expiresAt,
        List<TopicFilter> filters) {}
