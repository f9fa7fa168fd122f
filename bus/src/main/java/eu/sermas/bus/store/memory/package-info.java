/// A store that forgets, for tests and for brokers that need not remember.
@NullMarked
package eu.sermas.bus.store.memory;

import org.jspecify.annotations.NullMarked;
