/// Which subscribers a topic reaches, and which retained messages a filter reaches.
@NullMarked
package eu.sermas.bus.routing;

import org.jspecify.annotations.NullMarked;
