/// Every setting of the bus, in one small table for each subject, and what values they take.
@NullMarked
package eu.sermas.bus.config.setting;

import org.jspecify.annotations.NullMarked;
