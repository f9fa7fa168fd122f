package eu.sermas.bus.rest.identity;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonInclude;
import eu.sermas.bus.identity.Registry;
import eu.sermas.bus.identity.Revocation;
import eu.sermas.bus.identity.Revocation.Kind;
import eu.sermas.bus.identity.Revocations;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.caller.Outcomes;
import eu.sermas.bus.rest.http.Refused;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tokens that are to count no more: one by its id, or all that were issued so far to a client, to
/// a user or for an app. Within an app that takes the right `access.revoke` there; without an app,
/// the platform's administrator.
@Path("api/platform/revocation")
public final class RevocationResource {

    /// What is to be revoked.
    ///
    /// @param type says which of the ids is meant, so that one that is forgotten does not mean more
    /// @param appId absent for the platform's own clients, or for a token or user of whatever app
    /// @param tokenId the `jti`
    /// @param clientId short or composite
    /// @param userId the `sub`
    record Request(
            @Nullable Kind type,
            @Nullable String appId,
            @JsonAlias("jti") @Nullable String tokenId,
            @Nullable String clientId,
            @Nullable String userId) {}

    /// What is revoked.
    ///
    /// @param id as in the request, for a client the short one; absent for an app
    /// @param revokedAt tokens that were issued until this second count no more
    /// @param keptUntil when the last of them has expired
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Revoked(
            Kind type,
            @Nullable String appId,
            @Nullable String id,
            String revokedAt,
            String keptUntil) {

        static Revoked of(Revocation revocation) {
            return new Revoked(
                    revocation.kind(),
                    revocation.appId(),
                    revocation.id().isEmpty() ? null : revocation.id(),
                    Instant.ofEpochSecond(revocation.at()).toString(),
                    Instant.ofEpochSecond(revocation.until()).toString());
        }
    }

    private final Revocations revocations;
    private final Registry registry;

    public RevocationResource(Revocations revocations, Registry registry) {
        this.revocations = revocations;
        this.registry = registry;
    }

    @POST
    @Needs(Access.TOKEN)
    public Revoked revoke(@Context Caller caller, Request request) {
        String appId = orNull(request.appId());
        requireRight(caller, appId);
        Kind kind = request.type();
        if (kind == null) {
            throw Refused.badRequest("type missing (expected: token, client, user or app)");
        }
        String id =
                switch (kind) {
                    case TOKEN -> required("tokenId", request.tokenId());
                    case CLIENT -> shortId(appId, required("clientId", request.clientId()));
                    case USER -> required("userId", request.userId());
                    case APP -> "";
                };
        return Revoked.of(Outcomes.unless(revocations.revoke(kind, appId, id)));
    }

    /// Those in force: of an app, or without one of the platform.
    @GET
    @Needs(Access.TOKEN)
    public List<Revoked> inForce(
            @Context Caller caller, @QueryParam("appId") @Nullable String appId) {
        requireRight(caller, orNull(appId));
        return revocations.of(orNull(appId)).stream().map(Revoked::of).toList();
    }

    private static void requireRight(Caller caller, @Nullable String appId) {
        if (appId == null) {
            caller.requireAdmin();
        } else {
            caller.require(Access.ACCESS_REVOKE, appId);
        }
    }

    /// A client that is not registered here may be one of another issuer.
    private String shortId(@Nullable String appId, String clientId) {
        if (appId == null) {
            return clientId;
        }
        return registry.client(appId, clientId)
                .map(client -> client.id())
                .orElseGet(
                        () ->
                                clientId.startsWith(appId + "-")
                                        ? clientId.substring(appId.length() + 1)
                                        : clientId);
    }

    private static String required(String name, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            throw Refused.badRequest(name + " missing");
        }
        return value;
    }

    private static @Nullable String orNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
