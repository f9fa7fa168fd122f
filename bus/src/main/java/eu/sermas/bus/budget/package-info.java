/// What may be held, and whose share of it is left: bytes or places that many owners use together.
@NullMarked
package eu.sermas.bus.budget;

import org.jspecify.annotations.NullMarked;
