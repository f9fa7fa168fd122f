/// `pub` and `sub`, with the letters of `mosquitto_pub` and `mosquitto_sub`.
@NullMarked
package eu.sermas.bus.cli.mqtt;

import org.jspecify.annotations.NullMarked;
