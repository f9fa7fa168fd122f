package eu.sermas.bus.rest.identity;

import eu.sermas.bus.identity.TokenResponse;
import eu.sermas.bus.identity.TokenService;
import eu.sermas.bus.identity.TokenService.RefreshRequest;
import eu.sermas.bus.identity.TokenService.TokenRequest;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.DeniedCalls;
import eu.sermas.bus.rest.caller.Guard;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.RestRequest;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import org.jspecify.annotations.Nullable;

/// Tokens for clients. A Bearer token may stand in for a secret, so it is handed on unchecked; a
/// bad one is as good as none.
@Path("api/platform/token")
public final class TokenResource {

    private final TokenService tokens;
    private final DeniedCalls denied;

    public TokenResource(TokenService tokens, DeniedCalls denied) {
        this.denied = denied;
        this.tokens = tokens;
    }

    @POST
    @Needs(Access.NOTHING)
    public TokenResponse token(
            @HeaderParam("Authorization") @Nullable String authorization, TokenRequest request) {
        return denied.unless(
                tokens.token(
                        request,
                        Guard.bearer(authorization),
                        RestRequest.current().getRemoteAddress()),
                request.appId(),
                request.clientId(),
                "client secret or token: not accepted");
    }

    @POST
    @Path("access_token")
    @Needs(Access.NOTHING)
    public TokenResponse accessToken(
            @HeaderParam("Authorization") @Nullable String authorization, TokenRequest request) {
        return token(authorization, request);
    }

    @POST
    @Path("{name: refresh|refresh_token}")
    @Needs(Access.NOTHING)
    public TokenResponse refresh(
            @HeaderParam("Authorization") @Nullable String authorization, RefreshRequest request) {
        return denied.unless(
                tokens.refresh(
                        request,
                        Guard.bearer(authorization),
                        RestRequest.current().getRemoteAddress()),
                request.appId(),
                request.clientId(),
                "refresh token, client secret or token: not accepted");
    }
}
