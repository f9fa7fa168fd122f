/// The statements of MQTT 5, a class per section.
@NullMarked
package eu.sermas.bus.systemtest.conformance.v5;

import org.jspecify.annotations.NullMarked;
