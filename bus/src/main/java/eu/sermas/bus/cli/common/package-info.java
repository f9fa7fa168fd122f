/// What commands have in common: whom they speak for, whom they trust, and how they fail.
@NullMarked
package eu.sermas.bus.cli.common;

import org.jspecify.annotations.NullMarked;
