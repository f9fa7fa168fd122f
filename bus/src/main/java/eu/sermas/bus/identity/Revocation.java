package eu.sermas.bus.identity;

import com.fasterxml.jackson.annotation.JsonProperty;
import eu.sermas.bus.access.Credential;
import org.jspecify.annotations.Nullable;

/// Tokens that count no more before they expire. Times are in seconds since the epoch.
///
/// @param appId the app whose tokens these are; null for those of the platform itself, or, for a
///   token or a user, of whatever app
/// @param id the `jti`, the short client id or the `sub`; the empty string for [Kind#APP]
/// @param at tokens that were issued until this second are meant
/// @param until when the last of them has expired
public record Revocation(Kind kind, @Nullable String appId, String id, long at, long until) {

    /// By what the tokens are named; the name in lower case is how REST calls it.
    public enum Kind {
        /// One token, whenever it was issued.
        @JsonProperty("token")
        TOKEN,
        /// What was issued to a client: its own tokens, and those of users who came through it.
        @JsonProperty("client")
        CLIENT,
        @JsonProperty("user")
        USER,
        @JsonProperty("app")
        APP
    }

    /// Whether a credential counts no more because of this.
    public boolean concerns(Credential credential) {
        return switch (kind) {
            case TOKEN -> id.equals(credential.tokenId()) && isOfApp(credential);
            case CLIENT ->
                    id.equals(credential.clientId())
                            && isInTime(credential)
                            && (appId == null
                                    ? credential.appIds().isEmpty()
                                    : isOfApp(credential));
            case USER ->
                    id.equals(credential.userId()) && isInTime(credential) && isOfApp(credential);
            case APP -> isInTime(credential) && isOfApp(credential);
        };
    }

    private boolean isOfApp(Credential credential) {
        return appId == null || credential.appIds().contains(appId);
    }

    private boolean isInTime(Credential credential) {
        return credential.issuedAt() <= at;
    }

    /// One line, fit for a reason string.
    public String reason() {
        String of = appId == null ? "" : " of app " + appId;
        return switch (kind) {
            case TOKEN -> "token: revoked";
            case CLIENT -> "token: revoked with all of client " + id + of;
            case USER -> "token: revoked with all of its user" + of;
            case APP -> "token: revoked with all of app " + appId;
        };
    }
}
