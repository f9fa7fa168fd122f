/// What the services of an app bring, passed on as events, and the little that is remembered of it.
/// `/api/ui`, `/api/detection`, `/api/robotics`, `/api/xr`, `/api/session`,
/// `/api/platform/monitoring`.
@NullMarked
package eu.sermas.bus.rest.relay;

import org.jspecify.annotations.NullMarked;
