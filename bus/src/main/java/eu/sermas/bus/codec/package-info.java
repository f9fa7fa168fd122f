/// Bytes to packets and back, for MQTT 3.1, 3.1.1 and 5; strict both ways.
@NullMarked
package eu.sermas.bus.codec;

import org.jspecify.annotations.NullMarked;
