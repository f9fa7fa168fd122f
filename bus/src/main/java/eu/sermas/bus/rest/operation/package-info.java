/// The process and its connections at this moment: `/health`, `/metrics`, `/api/mqtt/session`.
@NullMarked
package eu.sermas.bus.rest.operation;

import org.jspecify.annotations.NullMarked;
