/// What the server shows in a TLS handshake, and what it asks of clients there.
@NullMarked
package eu.sermas.bus.tls;

import org.jspecify.annotations.NullMarked;
