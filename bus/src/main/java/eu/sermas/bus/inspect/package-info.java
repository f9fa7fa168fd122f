/// What is in a data directory, for an operator: read-only, beside a running bus or without one.
@NullMarked
package eu.sermas.bus.inspect;

import org.jspecify.annotations.NullMarked;
