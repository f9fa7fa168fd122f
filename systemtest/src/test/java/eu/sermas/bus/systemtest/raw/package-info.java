/// MQTT by hand, for the tests that prove the specification: bytes out, bytes in, with an encoder
/// and a reader of their own that share nothing with the product.
///
/// What is sent may be as wrong as a test wants it. What comes back is read strictly, so that every
/// test also shows that the bus writes well-formed packets.
@NullMarked
package eu.sermas.bus.systemtest.raw;

import org.jspecify.annotations.NullMarked;
