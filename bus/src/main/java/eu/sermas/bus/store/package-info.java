/// Where state outlives the process: the storage SPI.
@NullMarked
package eu.sermas.bus.store;

import org.jspecify.annotations.NullMarked;
