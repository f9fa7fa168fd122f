package eu.sermas.bus.identity;

import org.jspecify.annotations.Nullable;

/// Hands out tokens. An empty text in a request is an absent one.
@SuppressWarnings("DoNotCallSuggester")
public final class TokenService {

    /// The body of `POST /api/platform/token`; the client id is short or composite.
    public record TokenRequest(
            @Nullable String appId, @Nullable String clientId, @Nullable String clientSecret) {}

    /// The body of `POST /api/platform/token/refresh` and `/api/auth/refresh`.
    public record RefreshRequest(
            @Nullable String refreshToken,
            @Nullable String appId,
            @Nullable String clientId,
            @Nullable String clientSecret) {}

    /// The body of `POST /api/auth/login`.
    public record LoginRequest(
            @Nullable String username,
            @Nullable String password,
            @Nullable String appId,
            @Nullable String clientId) {}

    TokenService() {}

    /// @param bearer the token of the Authorization header, as it came, or null
    /// @param address of the caller, without its port
    public Outcome<TokenResponse> token(
            TokenRequest request, @Nullable String bearer, String address) {
        throw new IllegalStateException("to come");
    }

    /// @param bearer as in [#token]
    /// @param address as in [#token]
    public Outcome<TokenResponse> refresh(
            RefreshRequest request, @Nullable String bearer, String address) {
        throw new IllegalStateException("to come");
    }

    /// @param address as in [#token]
    public Outcome<TokenResponse> login(LoginRequest request, String address) {
        throw new IllegalStateException("to come");
    }
}
