package eu.sermas.bus.rest.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.identity.App;
import eu.sermas.bus.identity.Identity;
import eu.sermas.bus.identity.NewUser;
import eu.sermas.bus.identity.Refusal;
import eu.sermas.bus.identity.Registry;
import eu.sermas.bus.identity.TokenService;
import eu.sermas.bus.identity.User;
import eu.sermas.bus.identity.UserChange;
import eu.sermas.bus.identity.Users;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.caller.Outcomes;
import eu.sermas.bus.rest.http.Refused;
import eu.sermas.bus.rest.http.RestRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The accounts of people, for administrators; each user may change what is theirs. A user is found
/// by the id or by the user name. Nobody but an administrator gives a role to anybody, for the role
/// that counts here is the one that they have.
@Path("api/auth")
public final class UserResource {

    /// The answer to a creation. The value is the user name, which clients rely on.
    record CreatedUser(String userId) {}

    /// A user as administrators see them.
    ///
    /// @param apps ids of those that they own
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ListedUser(
            String userId,
            String username,
            @Nullable String email,
            @Nullable String firstName,
            @Nullable String lastName,
            boolean enabled,
            List<String> roles,
            List<String> apps) {}

    private static final Pattern LIMIT = Pattern.compile("[1-9]\\d{0,2}|1000");

    private final Users users;
    private final Registry registry;
    private final TokenService tokens;

    public UserResource(Users users, Registry registry, TokenService tokens) {
        this.users = users;
        this.registry = registry;
        this.tokens = tokens;
    }

    /// Users in the order of their names, one page of them.
    ///
    /// @param search part of a user name or an email address
    /// @param role only those who have it
    /// @param after the last user name of the page before
    /// @param limit 1 to 1,000
    @GET
    @Path("admin/user")
    @Needs(Access.ADMIN)
    public List<ListedUser> list(
            @QueryParam("search") @DefaultValue("") String search,
            @QueryParam("role") @DefaultValue("") String role,
            @QueryParam("after") @DefaultValue("") String after,
            @QueryParam("limit") @DefaultValue("100") String limit) {
        if (!LIMIT.matcher(limit).matches()) {
            throw Refused.badRequest("limit: '" + limit + "' (expected: 1..1000)");
        }
        String part = search.toLowerCase(Locale.ROOT);
        Predicate<User> found =
                user ->
                        user.username().contains(part)
                                || (user.email() != null
                                        && user.email().toLowerCase(Locale.ROOT).contains(part));
        return shown(
                users.list(
                        found.and(user -> role.isEmpty() || user.roles().contains(role)),
                        after.toLowerCase(Locale.ROOT),
                        Integer.parseInt(limit)));
    }

    @GET
    @Path("admin/user/{userId}")
    @Needs(Access.ADMIN)
    public ListedUser read(@PathParam("userId") String userId) {
        return shown(find(userId));
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

    /// Changes what the body names. A new password ends everything that was logged in with the old
    /// one, the token of this request too where it is the caller's own.
    @PUT
    @Path("{userId}")
    @Needs(Access.TOKEN)
    public ListedUser update(
            @Context Caller caller, @PathParam("userId") String userId, UserChange change) {
        boolean own = isOwn(caller, userId);
        if (!own || change.isOfStanding()) {
            caller.requireAdmin();
        }
        User user = find(userId);
        if (own && change.password() != null) {
            requirePassword(user, change.currentPassword());
        }
        return shown(Outcomes.unless(users.change(user.userId(), change)));
    }

    /// @param handOverTo who is to have the apps of the user, if there are any
    @DELETE
    @Path("{userId}")
    @Needs(Access.ADMIN)
    public void remove(
            @PathParam("userId") String userId,
            @QueryParam("handOverTo") @DefaultValue("") String handOverTo) {
        User user = find(userId);
        String heir = handOverTo.isEmpty() ? null : find(handOverTo).userId();
        Outcomes.unless(users.remove(user.userId(), heir));
    }

    /// Whether the caller is that user. One of another issuer has no account here, whatever their
    /// token says.
    private boolean isOwn(Caller caller, String userId) {
        Principal principal = caller.principal();
        return principal.kind() == Principal.Kind.USER
                && !Identity.isOfAnotherIssuer(principal.id())
                && users.called(userId)
                        .filter(user -> user.userId().equals(caller.userId()))
                        .isPresent();
    }

    /// Who has got hold of a token must not take over the account with it.
    private void requirePassword(User user, @Nullable String password) {
        if (password == null || password.isEmpty()) {
            throw Refused.badRequest("currentPassword missing");
        }
        Refusal refusal =
                tokens.refusalOfPassword(user, password, RestRequest.current().getRemoteAddress());
        if (refusal != null) {
            throw refusal.kind() == Refusal.Kind.TOO_MANY_REQUESTS
                    ? Outcomes.refused(refusal)
                    : Refused.forbidden(Rule.CREDENTIALS, "currentPassword: not accepted");
        }
    }

    private User find(String userId) {
        return users.called(userId).orElseThrow(() -> Refused.notFound("user not found"));
    }

    private ListedUser shown(User user) {
        return shown(List.of(user)).getFirst();
    }

    private List<ListedUser> shown(List<User> page) {
        Set<String> ids = new HashSet<>();
        page.forEach(user -> ids.add(user.userId()));
        Map<String, List<String>> apps = new HashMap<>();
        for (App app : registry.apps()) {
            if (ids.contains(app.ownerId())) {
                apps.computeIfAbsent(app.ownerId(), _ -> new ArrayList<>()).add(app.appId());
            }
        }
        return page.stream()
                .map(user -> shown(user, apps.getOrDefault(user.userId(), List.of())))
                .toList();
    }

    private static ListedUser shown(User user, List<String> apps) {
        return new ListedUser(
                user.userId(),
                user.username(),
                user.email(),
                user.firstName(),
                user.lastName(),
                user.enabled(),
                user.roles().stream().sorted().toList(),
                apps);
    }
}
