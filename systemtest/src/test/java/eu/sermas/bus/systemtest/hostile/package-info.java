/// What the bus does about peers that mean no good, or know no better: malformed bytes, peers that
/// stall, that send and never read, and crowds that say nothing. In every test other clients, on
/// every event loop, must not notice.
@NullMarked
package eu.sermas.bus.systemtest.hostile;

import org.jspecify.annotations.NullMarked;
