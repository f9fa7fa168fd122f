/// The process: command line, configuration, and the wiring of every room by constructors.
@NullMarked
package eu.sermas.bus;

import org.jspecify.annotations.NullMarked;
