/// Who calls, whether they may, and how much they may have at once.
@NullMarked
package eu.sermas.bus.rest.caller;

import org.jspecify.annotations.NullMarked;
