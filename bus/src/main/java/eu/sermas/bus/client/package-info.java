/// A small MQTT 5 client for the commands `pub` and `sub`, on the codec of the bus.
@NullMarked
package eu.sermas.bus.client;

import org.jspecify.annotations.NullMarked;
