package eu.sermas.bus.rest.caller;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.budget.Share;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.http.Holding;
import eu.sermas.bus.http.HttpBudget;
import eu.sermas.bus.identity.App;
import eu.sermas.bus.identity.VerifiedToken;
import eu.sermas.bus.rest.http.Json;
import eu.sermas.bus.rest.http.Refused;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jboss.resteasy.core.ResteasyContext;
import org.jspecify.annotations.Nullable;

/// Who makes a request, and may it? The rights are the ones that decide for MQTT too. Every check
/// that says no ends the request with 403 and names what is missing.
public record Caller(VerifiedToken token) {

    /// Who makes the request that the calling thread serves, or null where nobody has shown a
    /// token.
    public static @Nullable Caller current() {
        return ResteasyContext.getContextData(Caller.class);
    }

    /// For what a request of theirs holds: of the system, of their only app, or of themselves.
    Holding holding(HttpBudget budget) {
        if (principal().isPlatformAdmin()) {
            return budget.ofSystem();
        }
        return budget.of(account());
    }

    /// The share of what many use together that pays for what this caller has, to be closed: as
    /// above.
    public Share shareOf(Shares shares) {
        return principal().isPlatformAdmin() ? shares.system() : shares.open(account());
    }

    /// The same with the rights of this moment, which may be others than when the request came.
    ///
    /// @throws Refused 401 where the caller is no more
    public Caller now() {
        Login login = login().reviewed();
        if (login == null) {
            throw Refused.unauthorized("access withdrawn");
        }
        return new Caller(new VerifiedToken(login, token.payload()));
    }

    private String account() {
        Set<String> apps = principal().appIds();
        return apps.size() == 1 ? apps.iterator().next() : principal().id();
    }

    /// As the broker knows them.
    public Login login() {
        return token.login();
    }

    public Principal principal() {
        return login().principal();
    }

    /// The `sub` of the token, empty where it has none.
    public String userId() {
        String userId = principal().userId();
        return userId == null ? "" : userId;
    }

    /// @param appId the app that the request acts on, or null where it concerns none
    public void require(Access access, @Nullable String appId) {
        require(verdict(access, appId));
    }

    /// Whether [#require] would let it pass.
    public boolean may(Access access, String appId) {
        return verdict(access, appId).isAllowed();
    }

    /// Who has the wider right is asked for no other; and who has neither is told of the wider one.
    private Verdict verdict(Access access, @Nullable String appId) {
        Access wider = access.wider();
        Verdict first = wider == null ? null : verdict(wider, appId);
        if (first != null && first.isAllowed()) {
            return first;
        }
        Verdict own = rights().mayCall(access.resource(), access.scope(), appId);
        return own.isAllowed() || first == null ? own : first;
    }

    /// Whether this is the user who owns an app.
    public boolean owns(App app) {
        return principal().kind() == Principal.Kind.USER && app.ownerId().equals(userId());
    }

    /// A text that the token says, or the empty string.
    public String claim(String name) {
        JsonNode claims =
                (JsonNode)
                        Json.read(token.payload().getBytes(StandardCharsets.UTF_8), JsonNode.class);
        return claims.path(name).asText();
    }

    public void requireAdmin() {
        if (!principal().isPlatformAdmin()) {
            require(Verdict.denied(Rule.MISSING_ROLE, "missing role: " + Principal.PLATFORM_ADMIN));
        }
    }

    public AccessRights rights() {
        return login().rights();
    }

    public void require(Verdict verdict) {
        String reason = verdict.reason();
        if (reason != null) {
            throw Refused.forbidden(verdict.rule(), reason);
        }
    }
}
