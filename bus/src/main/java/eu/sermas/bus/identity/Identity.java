package eu.sermas.bus.identity;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.store.Store;
import java.time.InstantSource;
import java.util.function.Consumer;

/// Everything about identity, put together. Every call of these objects may block, so they belong
/// on virtual threads, except for [TokenVerifier], which works on the thread of its caller.
///
/// @param jwks the public keys, as served at `/.well-known/jwks.json`
@SuppressWarnings("DoNotCallSuggester")
public record Identity(
        Registry registry,
        Users users,
        TokenService tokens,
        TokenVerifier verifier,
        JsonNode jwks) {

    /// Reads the registry from the store, and the signing key from the data directory or makes one.
    ///
    /// @param listener is told on the thread of the change, after it is durable and in force
    public static Identity open(
            Store store,
            IdentitySettings settings,
            InstantSource clock,
            Metrics metrics,
            Consumer<IdentityEvent> listener) {
        throw new IllegalStateException("to come");
    }
}
