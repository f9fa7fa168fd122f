/// Copies of a data directory: made while the bus runs or not, and made a data directory again.
@NullMarked
package eu.sermas.bus.backup;

import org.jspecify.annotations.NullMarked;
