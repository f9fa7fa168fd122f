/// A load generator: many MQTT clients in one process, none of them the bus, that measure what a
/// broker carries and check that it carries it right.
///
/// [eu.sermas.bus.load.LoadTest] plays one [eu.sermas.bus.load.Scenario] as a
/// [eu.sermas.bus.load.Plan] says and hands back a [eu.sermas.bus.load.Report].
///
/// It shares two cores with the broker it measures, so its own cost per message counts: PUBLISH and
/// its acknowledgements are read where they lie in the buffer and written from a template, nothing
/// is allocated for a message, and each connection is flushed once per turn of its loop. All other
/// packets go through the codec of the bus.
@NullMarked
package eu.sermas.bus.load;

import org.jspecify.annotations.NullMarked;
