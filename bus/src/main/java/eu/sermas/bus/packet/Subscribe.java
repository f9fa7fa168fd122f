package eu.sermas.bus.packet;

import java.util.List;

/// SUBSCRIBE, section 3.8.
public record Subscribe(int packetId, List<Subscription> subscriptions, Properties properties)
        implements Packet {}
