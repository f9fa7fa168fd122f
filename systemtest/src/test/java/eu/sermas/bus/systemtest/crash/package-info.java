/// Does an acknowledgement keep its promise? Clients note in a [History] what they send and see
/// while the bus is killed, loses power or meets a failing disk, and the [Ledger] compares.
@NullMarked
package eu.sermas.bus.systemtest.crash;

import org.jspecify.annotations.NullMarked;
