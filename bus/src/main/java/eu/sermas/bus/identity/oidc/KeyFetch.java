package eu.sermas.bus.identity.oidc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.nimbusds.jose.util.JSONObjectUtils;
import eu.sermas.bus.identity.oidc.IssuerSettings.KeyPolicy;
import eu.sermas.bus.json.JsonLimits;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Asks an issuer for its keys, over HTTP and on threads of the HTTP client. Follows no redirect,
/// and reads no more of an answer than is configured.
final class KeyFetch {

    private static final String DISCOVERY = "/.well-known/openid-configuration";

    private final HttpClient http;
    private final String issuer;
    private final @Nullable URI keysAt;
    private final KeyPolicy policy;

    KeyFetch(HttpClient http, String issuer, IssuerSettings.Keys.Fetched keys) {
        this.http = http;
        this.issuer = issuer;
        this.keysAt = keys.at();
        this.policy = keys.policy();
    }

    /// @return completes with the keys, or exceptionally with a message that says what was wrong
    CompletableFuture<KeySet> keys() {
        CompletableFuture<URI> at =
                keysAt == null ? discovered() : CompletableFuture.completedFuture(keysAt);
        return at.thenCompose(this::get).thenApply(this::parse);
    }

    private CompletableFuture<URI> discovered() {
        String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
        return get(URI.create(base + DISCOVERY)).thenApply(this::addressOfKeys);
    }

    /// OpenID Connect Discovery 1.0, 4.3: the document has to be of the issuer that was asked.
    private URI addressOfKeys(String document) {
        try {
            JsonLimits.ANSWER.check(document);
            var fields = JSONObjectUtils.parse(document);
            String said = JSONObjectUtils.getString(fields, "issuer");
            if (!issuer.equals(said)) {
                throw failure("the document at " + DISCOVERY + " is of another issuer: " + said);
            }
            URI at = JSONObjectUtils.getURI(fields, "jwks_uri");
            if (at == null || at.getHost() == null) {
                throw failure("the document at " + DISCOVERY + " has no jwks_uri");
            }
            return at;
        } catch (JsonProcessingException | ParseException e) {
            throw failure("the document at " + DISCOVERY + " is not JSON of the expected form");
        }
    }

    private KeySet parse(String document) {
        try {
            JsonLimits.ANSWER.check(document);
            KeySet keys = KeySet.parse(document, policy.maxKeys());
            if (keys.isEmpty()) {
                throw failure("no key that checks signatures among its keys");
            }
            return keys;
        } catch (JsonProcessingException | ParseException e) {
            throw failure("its keys are not a JSON Web Key Set");
        }
    }

    private CompletableFuture<String> get(URI at) {
        HttpRequest request =
                HttpRequest.newBuilder(at)
                        .timeout(policy.timeout())
                        .header("Accept", "application/json")
                        .build();
        return http.sendAsync(
                        request,
                        BodyHandlers.limiting(BodyHandlers.ofByteArray(), policy.maxBytes()))
                .orTimeout(2 * policy.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(response -> text(at, response));
    }

    private static String text(URI at, HttpResponse<byte[]> response) {
        if (response.statusCode() != 200) {
            throw failure(at + " answers " + response.statusCode() + " (expected: 200)");
        }
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private static CompletionException failure(String message) {
        return new CompletionException(new IOException(message));
    }
}
