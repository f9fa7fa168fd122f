package eu.sermas.bus.session;

import eu.sermas.bus.journal.WillVerdict;
import eu.sermas.bus.packet.Will;

/// The will that one connection has left behind: the session may have that of the next one already.
///
/// @param verdict whether it may be published where nobody knows the rights of its client any more
public record LeftWill(Will will, WillVerdict verdict) {}
