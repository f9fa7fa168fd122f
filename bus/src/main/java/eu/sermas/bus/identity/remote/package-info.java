/// Identity and rights that somebody else decides: the HTTP endpoints that mosquitto-go-auth asks
/// in its remote JWT mode.
@NullMarked
package eu.sermas.bus.identity.remote;

import org.jspecify.annotations.NullMarked;
