/// The other side of a connection: whether it still sends.
@NullMarked
package eu.sermas.bus.peer;

import org.jspecify.annotations.NullMarked;
