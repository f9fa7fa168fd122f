/// The statements of MQTT 3.1.1 and 3.1, a class per section.
@NullMarked
package eu.sermas.bus.systemtest.conformance.v311;

import org.jspecify.annotations.NullMarked;
