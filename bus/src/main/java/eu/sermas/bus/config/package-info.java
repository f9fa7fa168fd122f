/// Every setting of the bus in one table, and the way from a file, the environment and the command
/// line to checked values.
@NullMarked
package eu.sermas.bus.config;

import org.jspecify.annotations.NullMarked;
