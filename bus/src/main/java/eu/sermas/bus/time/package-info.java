/// What time it is: the one owner of clocks, and what each of them is for.
@NullMarked
package eu.sermas.bus.time;

import org.jspecify.annotations.NullMarked;
