package eu.sermas.bus.broker;

import eu.sermas.bus.access.Login;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Asks who a token speaks for, when a connected client shows a new one. Given by whoever knows the
/// issuers.
@FunctionalInterface
public interface TokenCheck {

    /// For a broker that asks for no credentials.
    TokenCheck NONE =
            (_, _) -> CompletableFuture.failedFuture(new IllegalStateException("no tokens here"));

    /// @param clientId of the MQTT client that shows it
    /// @return a stage that completes with the login, on any thread, or exceptionally; the message
    ///   of the exception is told to the client, so it never holds a part of the token
    CompletionStage<Login> check(String token, String clientId);

    /// Why a login that was accepted a moment ago counts no more, or null. A look-up in memory.
    default @Nullable String refusal(Login login) {
        return null;
    }

    /// The same, or that its holder is no more: what a session asks that begins or is renewed, on
    /// the loop on which it would be told of any later end.
    default @Nullable String obstacle(Login login) {
        String revoked = refusal(login);
        return revoked == null && login.reviewed() == null ? "access withdrawn" : revoked;
    }
}
