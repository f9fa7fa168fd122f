package eu.sermas.bus.identity.oidc;

import java.util.Map;

/// A claim by which the token of a service account is known.
///
/// A user may be called as one likes, so a user name alone is no proof: where the claim has to be
/// more than the client itself, only a token that belongs to no login session (`sid`) counts.
///
/// @param claim where it stands
/// @param value what has to stand there, with `{client}` for the client
public record ServiceSign(ClaimPath claim, String value) {

    private static final String CLIENT = "{client}";
    private static final String SESSION = "sid";

    /// @param text `claim`, which has to be the client, or `claim=value`
    public static ServiceSign of(String text) {
        int equals = text.indexOf('=');
        return equals < 0
                ? new ServiceSign(new ClaimPath(text), CLIENT)
                : new ServiceSign(
                        new ClaimPath(text.substring(0, equals)), text.substring(equals + 1));
    }

    boolean isIn(Map<String, Object> claims, String client) {
        return !client.isEmpty()
                && value.replace(CLIENT, client).equals(claim.in(claims, client))
                && (value.equals(CLIENT) || !claims.containsKey(SESSION));
    }
}
