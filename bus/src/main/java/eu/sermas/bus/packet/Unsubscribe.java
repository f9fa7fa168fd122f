package eu.sermas.bus.packet;

import java.util.List;

/// UNSUBSCRIBE, section 3.10.
public record Unsubscribe(int packetId, List<TopicFilter> filters, Properties properties)
        implements Packet {}
