package eu.sermas.bus.rest.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.identity.AppClient;
import eu.sermas.bus.identity.ClientChanges;
import eu.sermas.bus.identity.ListedClient;
import eu.sermas.bus.identity.Registry;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.caller.Outcomes;
import eu.sermas.bus.rest.http.Refused;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The clients of an app. A client is found by its short or its composite id.
@Path("api/platform/app/{appId}/client")
public final class ClientResource {

    /// What is to become of a client; what is absent stays.
    ///
    /// @param tokenLifetime seconds; 0 for that of the app
    record ClientChange(
            @Nullable String name,
            @Nullable List<String> permissions,
            @Nullable Long tokenLifetime) {}

    /// @param graceSeconds how long the present secret is good yet; absent for a day
    /// @param secret the new one; absent to have one made up
    record Rotation(@Nullable Long graceSeconds, @Nullable String secret) {

        /// Without the secret.
        @Override
        public String toString() {
            return "Rotation[" + graceSeconds + "]";
        }
    }

    /// The answer to a rotation, the only one that has the secret.
    ///
    /// @param formerSecretUntil ISO 8601; absent where the one before has ended
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Rotated(
            String appId, String clientId, String secret, @Nullable String formerSecretUntil) {}

    private static final Duration USUAL_GRACE = Duration.ofDays(1);
    private static final Duration LONGEST_GRACE = Duration.ofDays(30);

    private static final String NOT_FOUND = "client not found";

    private final Registry registry;
    private final ClientChanges changes;
    private final LiveCatalogue catalogue;

    public ClientResource(Registry registry, LiveCatalogue catalogue) {
        this.registry = registry;
        this.changes = new ClientChanges(registry);
        this.catalogue = catalogue;
    }

    /// @return the client with its secret, which nobody is told again
    @POST
    @Needs(Access.PLATFORM_CLIENT)
    public AppClient create(
            @Context Caller caller, @PathParam("appId") String appId, AppClient client) {
        return Outcomes.unless(registry.createClient(appId, client, caller.rights()));
    }

    /// All clients of the app, those of its modules and `application` too.
    @GET
    @Needs(Access.PLATFORM_CLIENT)
    public List<ListedClient> list(@PathParam("appId") String appId) {
        return registry.clients(appId).orElseThrow(() -> Refused.notFound("app not found"));
    }

    @GET
    @Path("{clientId}")
    @Needs(Access.PLATFORM_CLIENT)
    public AppClient read(
            @PathParam("appId") String appId, @PathParam("clientId") String clientId) {
        return registry.client(appId, clientId).orElseThrow(() -> Refused.notFound(NOT_FOUND));
    }

    /// The templates of the topics that a client may use. A client may always ask for its own.
    @GET
    @Path("{clientId}/topics")
    @Needs(Access.TOKEN)
    public List<String> topics(
            @Context Caller caller,
            @PathParam("appId") String appId,
            @PathParam("clientId") String clientId) {
        if (!isSame(caller.principal(), appId, clientId)) {
            caller.require(Access.PLATFORM_CLIENT, appId);
        }
        return registry.grants(appId, clientId)
                .map(grants -> catalogue.of(Set.of(appId)).topicsOf(grants))
                .orElseThrow(() -> Refused.notFound(NOT_FOUND));
    }

    /// Changes what the body names. Live sessions have the new rights at once.
    @PATCH
    @Path("{clientId}")
    @Needs(Access.PLATFORM_CLIENT)
    public ListedClient change(
            @Context Caller caller,
            @PathParam("appId") String appId,
            @PathParam("clientId") String clientId,
            ClientChange change) {
        AppClient wanted =
                new AppClient(
                        appId,
                        change.name(),
                        clientId,
                        null,
                        change.permissions(),
                        change.tokenLifetime());
        return Outcomes.unless(changes.change(appId, clientId, wanted, caller.rights()));
    }

    /// Gives a client another secret, beside which the present one is good for a while.
    @POST
    @Path("{clientId}/secret")
    @Needs(Access.PLATFORM_CLIENT)
    public Rotated rotateSecret(
            @Context Caller caller,
            @PathParam("appId") String appId,
            @PathParam("clientId") String clientId,
            Rotation rotation) {
        ClientChanges.NewSecret made =
                Outcomes.unless(
                        changes.rotateSecret(
                                appId,
                                clientId,
                                rotation.secret(),
                                graceOf(rotation),
                                caller.rights()));
        Instant until = made.formerUntil();
        return new Rotated(
                appId,
                made.client().id(),
                String.valueOf(made.client().secret()),
                until == null ? null : until.toString());
    }

    private static Duration graceOf(Rotation rotation) {
        Long seconds = rotation.graceSeconds();
        if (seconds == null) {
            return USUAL_GRACE;
        }
        if (seconds < 0 || seconds > LONGEST_GRACE.toSeconds()) {
            throw Refused.badRequest(
                    "graceSeconds: %d (expected: 0..%d)"
                            .formatted(seconds, LONGEST_GRACE.toSeconds()));
        }
        return Duration.ofSeconds(seconds);
    }

    /// Ends the secret before the present one.
    @DELETE
    @Path("{clientId}/secret/former")
    @Needs(Access.PLATFORM_CLIENT)
    public void endFormerSecret(
            @PathParam("appId") String appId, @PathParam("clientId") String clientId) {
        Outcomes.unless(changes.endFormerSecret(appId, clientId));
    }

    @DELETE
    @Path("{clientId}")
    @Needs(Access.PLATFORM_CLIENT)
    public void remove(@PathParam("appId") String appId, @PathParam("clientId") String clientId) {
        Outcomes.unless(registry.removeClient(appId, clientId));
    }

    /// Whether these name the caller itself. A user who logged in through a client is not it.
    private boolean isSame(Principal principal, String appId, String clientId) {
        return principal.kind() == Principal.Kind.CLIENT
                && principal.appIds().contains(appId)
                && registry.client(appId, clientId)
                        .map(AppClient::id)
                        .filter(id -> id.equals(principal.clientId()))
                        .isPresent();
    }
}
