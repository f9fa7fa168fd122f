package eu.sermas.bus.rest.identity;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.identity.TokenResponse;
import eu.sermas.bus.identity.TokenService;
import eu.sermas.bus.identity.TokenService.LoginRequest;
import eu.sermas.bus.identity.TokenService.RefreshRequest;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.DeniedCalls;
import eu.sermas.bus.rest.caller.Guard;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.ErrorBody;
import eu.sermas.bus.rest.http.Json;
import eu.sermas.bus.rest.http.NotOffered;
import eu.sermas.bus.rest.http.RestRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// People: login, and who am I.
@Path("api/auth")
public final class AuthResource {

    private final TokenService tokens;
    private final DeniedCalls denied;

    public AuthResource(TokenService tokens, DeniedCalls denied) {
        this.denied = denied;
        this.tokens = tokens;
    }

    @POST
    @Path("login")
    @Needs(Access.NOTHING)
    public TokenResponse login(LoginRequest request) {
        String clientId = request.clientId();
        boolean usual = clientId == null || clientId.isEmpty();
        return denied.unless(
                tokens.login(request, RestRequest.current().getRemoteAddress()),
                request.appId(),
                usual ? "application" : clientId,
                "user name or password: not accepted");
    }

    @POST
    @Path("refresh")
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

    /// The claims of the caller's own token.
    @GET
    @Path("whoami")
    @Needs(Access.TOKEN)
    public Object whoami(@Context Caller caller) {
        return Json.read(caller.token().payload().getBytes(StandardCharsets.UTF_8), JsonNode.class);
    }

    /// People do not make accounts for themselves here.
    @POST
    @Path("register")
    @Needs(Access.NOTHING)
    @NotOffered
    public Response register() {
        return Response.status(501).entity(ErrorBody.of(501)).build();
    }
}
