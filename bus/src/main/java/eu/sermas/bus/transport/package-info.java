/// Listeners, TLS, WebSocket, and the connection of each client.
@NullMarked
package eu.sermas.bus.transport;

import org.jspecify.annotations.NullMarked;
