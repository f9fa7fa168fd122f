/// Secrets, passwords and digests: how they are made, kept and compared, and how guesses at them
/// are slowed down. Knows nothing of whose they are.
@NullMarked
package eu.sermas.bus.identity.secret;

import org.jspecify.annotations.NullMarked;
