/// Apps with their clients, modules and members, people, and tokens; and the events that tell of
/// what happens to them. `/api/app`, `/api/platform/app`, `/api/platform/module`,
/// `/api/platform/token`, `/api/platform/revocation`, `/api/platform/issuer-key`, `/api/auth`.
@NullMarked
package eu.sermas.bus.rest.identity;

import org.jspecify.annotations.NullMarked;
