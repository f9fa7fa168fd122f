package eu.sermas.bus.rest.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.identity.App;
import eu.sermas.bus.identity.Registry;
import eu.sermas.bus.identity.User;
import eu.sermas.bus.identity.Users;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.caller.Outcomes;
import eu.sermas.bus.rest.http.Refused;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The accounts that are members of an app and not just visitors, for its owner and administrators.
@Path("api/app/{appId}/member")
public final class MemberResource {

    static final int MOST = 10_000;

    /// Of a user of another issuer, who has no account here: the name of the issuer, then the
    /// `sub`.
    private static final Pattern FOREIGN = Pattern.compile("[A-Za-z0-9_-]{1,32}:[!-~]{1,256}");

    /// @param username absent for a user of another issuer
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Member(String userId, @Nullable String username) {}

    private final Registry registry;
    private final Users users;

    public MemberResource(Registry registry, Users users) {
        this.registry = registry;
        this.users = users;
    }

    @GET
    @Needs(Access.TOKEN)
    public List<Member> members(@Context Caller caller, @PathParam("appId") String appId) {
        requireOwner(caller, appId);
        return registry.members(appId).orElse(List.of()).stream().map(this::member).toList();
    }

    /// @param userId of an account, or its name; `{issuer}:{sub}` for a user of another issuer
    @PUT
    @Path("{userId}")
    @Needs(Access.TOKEN)
    public Member addMember(
            @Context Caller caller,
            @PathParam("appId") String appId,
            @PathParam("userId") String userId) {
        requireOwner(caller, appId);
        String id = known(userId);
        Outcomes.unless(registry.changeMembers(appId, members -> with(members, id)));
        return member(id);
    }

    @DELETE
    @Path("{userId}")
    @Needs(Access.TOKEN)
    public void removeMember(
            @Context Caller caller,
            @PathParam("appId") String appId,
            @PathParam("userId") String userId) {
        requireOwner(caller, appId);
        String id = known(userId);
        if (!registry.members(appId).orElse(List.of()).contains(id)) {
            throw Refused.notFound("member not found");
        }
        Outcomes.unless(registry.changeMembers(appId, members -> without(members, id)));
    }

    /// A stranger learns nothing about the app, not even whether it is there.
    private void requireOwner(Caller caller, String appId) {
        App app = registry.app(appId).orElse(null);
        if (!caller.principal().isPlatformAdmin() && (app == null || !caller.owns(app))) {
            caller.require(
                    Verdict.denied(
                            Rule.MISSING_ROLE, "for the owner of the app and administrators"));
        }
        if (app == null) {
            throw Refused.notFound("app not found");
        }
        caller.require(caller.rights().mayHandOut(appId, Registry.MEMBER_PERMISSIONS));
    }

    private static Set<String> with(Set<String> members, String id) {
        if (members.size() >= MOST && !members.contains(id)) {
            throw Refused.tooMany("members: more than " + MOST + " in one app");
        }
        Set<String> more = new HashSet<>(members);
        more.add(id);
        return more;
    }

    private static Set<String> without(Set<String> members, String id) {
        Set<String> fewer = new HashSet<>(members);
        fewer.remove(id);
        return fewer;
    }

    private String known(String userId) {
        if (FOREIGN.matcher(userId).matches()) {
            return userId;
        }
        return users.user(userId)
                .or(() -> users.named(userId))
                .map(User::userId)
                .orElseThrow(() -> Refused.notFound("user not found"));
    }

    private Member member(String id) {
        return new Member(id, users.user(id).map(User::username).orElse(null));
    }
}
