/// What people may see of the broker at one moment: values that event loops make when they are
/// asked, and that nothing refers to.
@NullMarked
package eu.sermas.bus.broker.live;

import org.jspecify.annotations.NullMarked;
