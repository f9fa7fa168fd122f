package eu.sermas.bus.identity;

import com.nimbusds.jwt.JWTClaimsSet;
import eu.sermas.bus.access.Credential;
import java.text.ParseException;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a token of this issuer says, as far as anything here depends on it. Times are in seconds.
///
/// @param appIds the claim `appId`; for a client of an app, or a login to one, that app alone
/// @param clientId the short id
/// @param through the claim `client_sub`, see [Subject]; empty where it is absent
/// @param sessionId the claim `sid`
/// @param sessionStart when the login happened that this token goes back to
@SuppressWarnings("JavaUtilDate") // that is what the JWT library gives
record TokenClaims(
        List<String> appIds,
        String clientId,
        String azp,
        String sub,
        String through,
        String tokenId,
        String sessionId,
        long sessionStart,
        long issuedAt,
        long expiresAt) {

    /// In the tokens of users who came through a client of an app: the `sub` of that client.
    static final String CLIENT_SUB = "client_sub";

    static TokenClaims of(JWTClaimsSet claims) throws ParseException {
        List<String> appIds = claims.getStringListClaim("appId");
        Long sessionStart = claims.getLongClaim("auth_time");
        Date issuedAt = claims.getIssueTime();
        return new TokenClaims(
                appIds == null ? List.of() : List.copyOf(appIds),
                text(claims, "clientId"),
                text(claims, "azp"),
                text(claims, "sub"),
                text(claims, CLIENT_SUB),
                text(claims, "jti"),
                text(claims, "sid"),
                sessionStart == null ? 0 : sessionStart,
                issuedAt == null ? 0 : issuedAt.toInstant().getEpochSecond(),
                claims.getExpirationTime().toInstant().getEpochSecond());
    }

    private static String text(JWTClaimsSet claims, String name) throws ParseException {
        String value = claims.getStringClaim(name);
        return value == null ? "" : value;
    }

    /// The app that it is for where that is one app, else null.
    @Nullable String onlyApp() {
        return appIds.size() == 1 ? appIds.getFirst() : null;
    }

    /// What it can be revoked by.
    Credential credential() {
        ClientRef client = client();
        return client == null
                ? new Credential(tokenId, issuedAt, Set.copyOf(appIds), clientId, sub)
                : client.credential(tokenId, issuedAt, sub);
    }

    /// The client that it was issued to, or null where the claims contradict each other.
    @Nullable ClientRef client() {
        if (appIds.size() == 1) {
            ClientRef ofApp = new ClientRef(appIds.getFirst(), clientId);
            if (ofApp.composite().equals(azp)) {
                return ofApp;
            }
        }
        return clientId.equals(azp) ? new ClientRef(null, clientId) : null;
    }
}
