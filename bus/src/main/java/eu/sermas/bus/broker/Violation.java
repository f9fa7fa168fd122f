package eu.sermas.bus.broker;

import eu.sermas.bus.packet.ReasonCode;

/// Something a client did that ends its connection, MQTT 5 section 4.13.
public record Violation(ReasonCode reasonCode, String reasonString) {}
