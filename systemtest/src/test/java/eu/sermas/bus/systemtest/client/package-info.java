/// One face for the MQTT client libraries that the scenarios are played with.
@NullMarked
package eu.sermas.bus.systemtest.client;

import org.jspecify.annotations.NullMarked;
