/// What MQTT says on the wire, as immutable values: one record per control packet, the properties,
/// topics, filters and reason codes. Knows no bytes, no network and no broker.
@NullMarked
package eu.sermas.bus.packet;

import org.jspecify.annotations.NullMarked;
