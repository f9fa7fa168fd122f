/// Tokens of other issuers: where their keys are fetched, how a token is checked against them, and
/// what its claims say. Knows nothing of the apps and users of this bus.
@NullMarked
package eu.sermas.bus.identity.oidc;

import org.jspecify.annotations.NullMarked;
