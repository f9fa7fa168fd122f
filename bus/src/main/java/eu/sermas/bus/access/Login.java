package eu.sermas.bus.access;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An accepted credential: who it is, what it may do, and until when.
///
/// @param expiresAt milliseconds since the epoch, or `Long.MAX_VALUE` for never
/// @param credential what it was accepted for
public record Login(
        Principal principal, AccessRights rights, long expiresAt, Credential credential) {

    /// One that nothing but its id is known of.
    public Login(Principal principal, AccessRights rights, long expiresAt, String tokenId) {
        this(principal, rights, expiresAt, new Credential(tokenId, 0, principal.appIds(), "", ""));
    }

    /// The `jti` of the token, or the empty string.
    public String tokenId() {
        return credential.tokenId();
    }

    /// The same with grants bound to what the token says, see [AccessRights#boundTo].
    public Login boundTo(Supplier<Claims> token) {
        return withRights(rights.boundTo(token));
    }

    /// The same with the rights of this moment, or null where its holder is no more, see
    /// [AccessRights#now].
    public @Nullable Login reviewed() {
        AccessRights now = rights.now();
        return now == null ? null : withRights(now);
    }

    /// The same for somebody whose end, where it has come, is told by other means.
    public Login current() {
        Login now = reviewed();
        return now == null ? this : now;
    }

    /// The same with other rights.
    @SuppressWarnings("ReferenceEquality") // unchanged is the same object
    public Login withRights(AccessRights changed) {
        return changed == rights ? this : new Login(principal, changed, expiresAt, credential);
    }
}
