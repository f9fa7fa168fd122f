/// The commands that a user types. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.
@NullMarked
package eu.sermas.bus.cli;

import org.jspecify.annotations.NullMarked;
