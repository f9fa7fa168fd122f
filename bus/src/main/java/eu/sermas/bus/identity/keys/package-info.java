/// The keys that tokens of this bus are signed with, and where they are kept. Knows nothing of what
/// the tokens say.
@NullMarked
package eu.sermas.bus.identity.keys;

import org.jspecify.annotations.NullMarked;
