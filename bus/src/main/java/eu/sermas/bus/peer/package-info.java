/// The other side of a connection: where it is, also behind proxies, and whether it still sends.
@NullMarked
package eu.sermas.bus.peer;

import org.jspecify.annotations.NullMarked;
