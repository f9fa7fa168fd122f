/// The process and what it holds at this moment: `/health`, `/metrics`, `/api/mqtt/session`,
/// `/api/mqtt/subscription`, `/api/mqtt/retained`, `/api/app/{appId}/quota`.
@NullMarked
package eu.sermas.bus.rest.operation;

import org.jspecify.annotations.NullMarked;
