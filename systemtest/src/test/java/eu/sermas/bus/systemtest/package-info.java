/// The packaged product, started as a user starts it and driven from outside by real clients.
///
/// No class of the product is on the class path here: what these tests know of the bus is its
/// command line, its port and its files.
@NullMarked
package eu.sermas.bus.systemtest;

import org.jspecify.annotations.NullMarked;
