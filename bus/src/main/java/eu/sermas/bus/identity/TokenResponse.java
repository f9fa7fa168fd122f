package eu.sermas.bus.identity;

import com.fasterxml.jackson.annotation.JsonProperty;

/// The body of every answer that hands out a token. Lifetimes are in seconds.
public record TokenResponse(
        @JsonProperty("access_token") String accessToken,
        @JsonProperty("expires_in") long expiresIn,
        @JsonProperty("refresh_expires_in") long refreshExpiresIn,
        @JsonProperty("refresh_token") String refreshToken,
        @JsonProperty("token_type") String tokenType,
        @JsonProperty("not-before-policy") int notBeforePolicy,
        @JsonProperty("session_state") String sessionState,
        @JsonProperty("scope") String scope) {

    /// Without the tokens.
    @Override
    public String toString() {
        return "TokenResponse[" + sessionState + "]";
    }
}
