/// The sessions of all clients, and the way of a message from its publisher to their queues.
@NullMarked
package eu.sermas.bus.broker;

import org.jspecify.annotations.NullMarked;
