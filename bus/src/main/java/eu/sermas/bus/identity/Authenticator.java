package eu.sermas.bus.identity;

import eu.sermas.bus.access.Login;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Turns the credentials of a CONNECT into a [Login].
public interface Authenticator {

    /// Never blocks: an authenticator that has to ask somebody completes later, on any thread.
    ///
    /// @return a stage that completes with the login, or exceptionally with a [LoginRefused]
    CompletionStage<Login> authenticate(@Nullable String userName, byte @Nullable [] password);

    /// The same for one that needs the MQTT client identifier as well, because it asks somebody who
    /// wants to know it.
    default CompletionStage<Login> authenticate(
            @Nullable String userName, byte @Nullable [] password, String clientId) {
        return authenticate(userName, password);
    }

    /// The same for a client that has shown a certificate in its TLS handshake.
    ///
    /// @param chain verified, the client's own first; empty where it has shown none
    default CompletionStage<Login> authenticate(
            @Nullable String userName,
            byte @Nullable [] password,
            String clientId,
            List<X509Certificate> chain) {
        return authenticate(userName, password, clientId);
    }
}
