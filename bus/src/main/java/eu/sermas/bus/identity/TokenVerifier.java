package eu.sermas.bus.identity;

import eu.sermas.bus.access.Login;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Checks tokens, without asking anybody: signature, issuer, time, and that who it speaks for still
/// exists. Never blocks.
@SuppressWarnings("DoNotCallSuggester")
public final class TokenVerifier implements Authenticator {

    TokenVerifier() {}

    /// The user name of a CONNECT is the token; there must be a password, and what it says does not
    /// matter.
    @Override
    public CompletionStage<Login> authenticate(
            @Nullable String userName, byte @Nullable [] password) {
        throw new IllegalStateException("to come");
    }

    /// For a Bearer token.
    ///
    /// @throws LoginRefused where it is not accepted
    public VerifiedToken verify(String token) throws LoginRefused {
        throw new IllegalStateException("to come");
    }
}
