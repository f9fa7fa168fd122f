/// Bytes to packets and back, for MQTT 3.1, 3.1.1 and 5; strict both ways.
///
/// In by [eu.sermas.bus.codec.PacketDecoder], out by [eu.sermas.bus.codec.PacketEncoder], and by
/// [eu.sermas.bus.codec.PublishEncoder] for what goes to many receivers.
@NullMarked
package eu.sermas.bus.codec;

import org.jspecify.annotations.NullMarked;
