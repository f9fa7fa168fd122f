package eu.sermas.bus.rest.identity;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.identity.NewUser;
import eu.sermas.bus.identity.TokenResponse;
import eu.sermas.bus.identity.TokenService;
import eu.sermas.bus.identity.TokenService.LoginRequest;
import eu.sermas.bus.identity.TokenService.RefreshRequest;
import eu.sermas.bus.identity.Users;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.DeniedCalls;
import eu.sermas.bus.rest.caller.Guard;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.caller.Outcomes;
import eu.sermas.bus.rest.http.ErrorBody;
import eu.sermas.bus.rest.http.Json;
import eu.sermas.bus.rest.http.RestRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// People: login, who am I, and the accounts that an administrator makes.
@Path("api/auth")
public final class AuthResource {

    /// The answer to a creation. The value is the user name, which clients rely on.
    record CreatedUser(String userId) {}

    private final TokenService tokens;
    private final Users users;
    private final DeniedCalls denied;

    public AuthResource(TokenService tokens, Users users, DeniedCalls denied) {
        this.denied = denied;
        this.tokens = tokens;
        this.users = users;
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

    @POST
    @Path("register")
    @Needs(Access.NOTHING)
    public Response register() {
        return notImplemented();
    }

    @PUT
    @Path("{userId}")
    @Needs(Access.NOTHING)
    public Response update() {
        return notImplemented();
    }

    @DELETE
    @Path("{userId}")
    @Needs(Access.NOTHING)
    public Response remove() {
        return notImplemented();
    }

    @POST
    @Path("admin/user")
    @Needs(Access.ADMIN)
    public CreatedUser create(NewUser user) {
        return new CreatedUser(Outcomes.unless(users.create(user)).username());
    }

    /// A user who exists gets the new password and what else is said of them, so that a list can be
    /// imported again. The first that cannot be ends it; those before it stay.
    @POST
    @Path("admin/import")
    @Needs(Access.ADMIN)
    public List<CreatedUser> saveAll(List<NewUser> list) {
        return list.stream()
                .map(user -> new CreatedUser(Outcomes.unless(users.save(user)).username()))
                .toList();
    }

    private static Response notImplemented() {
        return Response.status(501).entity(ErrorBody.of(501)).build();
    }
}
