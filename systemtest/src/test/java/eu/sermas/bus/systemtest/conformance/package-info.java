/// The proof that the bus keeps the specification: every normative statement of MQTT 5 and 3.1.1
/// that binds a server, shown over a socket by at least one test that names it.
///
/// The statements stand in `statements.tsv`, with a reason where nothing can be seen from outside.
/// The tests name them by [Mqtt5] and [Mqtt311]; they lie in `v5` and `v311`, a class per section.
/// [ConformanceReport] writes down what came out.
@NullMarked
package eu.sermas.bus.systemtest.conformance;

import org.jspecify.annotations.NullMarked;
