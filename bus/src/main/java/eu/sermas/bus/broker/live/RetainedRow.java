package eu.sermas.bus.broker.live;

import eu.sermas.bus.packet.Message;

/// A retained message.
///
/// @param expiresAt in milliseconds since the epoch, `Long.MAX_VALUE` for never
public record RetainedRow(Message message, long expiresAt) {}
