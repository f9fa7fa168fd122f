/// What the broker counts and times, and the registry that shows it.
@NullMarked
package eu.sermas.bus.metrics;

import org.jspecify.annotations.NullMarked;
