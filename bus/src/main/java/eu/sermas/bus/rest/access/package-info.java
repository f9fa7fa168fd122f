/// Who may do what, and what was refused: `/api/access`, `/api/app/{appId}/denials`,
/// `/api/app/{appId}/access`, `/api/mqtt` for brokers that ask.
@NullMarked
package eu.sermas.bus.rest.access;

import org.jspecify.annotations.NullMarked;
