/// The wiring: makes every room from the configuration, by constructors, and takes them down again.
@NullMarked
package eu.sermas.bus.server;

import org.jspecify.annotations.NullMarked;
