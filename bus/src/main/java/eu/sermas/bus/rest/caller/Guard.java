package eu.sermas.bus.rest.caller;

import eu.sermas.bus.http.Holding;
import eu.sermas.bus.http.HttpBudget;
import eu.sermas.bus.identity.LoginRefused;
import eu.sermas.bus.identity.VerifiedToken;
import eu.sermas.bus.rest.http.Accounts;
import eu.sermas.bus.rest.http.Refused;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.core.HttpHeaders;
import org.jboss.resteasy.core.ResteasyContext;
import org.jspecify.annotations.Nullable;

/// Stands before every resource method and lets through whom its [Needs] allows. Rights are asked
/// of the same object that decides for MQTT, with the app of the path; where the app stands in the
/// body, the method asks itself.
public final class Guard implements DynamicFeature, Accounts {

    /// How a Bearer token is checked.
    public interface Verification {
        VerifiedToken verify(String token) throws LoginRefused;
    }

    private static final String SCHEME = "Bearer ";

    private final Verification verification;

    public Guard(Verification verification) {
        this.verification = verification;
    }

    @Override
    public void configure(ResourceInfo method, FeatureContext context) {
        Needs needs = method.getResourceMethod().getAnnotation(Needs.class);
        if (needs == null) {
            throw new IllegalStateException(method.getResourceMethod() + ": says no @Needs");
        }
        if (needs.value() != Access.NOTHING) {
            context.register((ContainerRequestFilter) request -> check(request, needs.value()));
        }
    }

    private void check(ContainerRequestContext request, Access access) {
        String authorization = request.getHeaderString(HttpHeaders.AUTHORIZATION);
        if (access == Access.OPTIONAL_TOKEN && bearer(authorization) == null) {
            return;
        }
        Caller caller = authenticate(authorization);
        ResteasyContext.pushContext(Caller.class, caller);
        String appId = request.getUriInfo().getPathParameters().getFirst("appId");
        switch (access) {
            case NOTHING, OPTIONAL_TOKEN, TOKEN -> {}
            case ADMIN -> caller.requireAdmin();
            default -> caller.require(access, appId);
        }
    }

    @Override
    public @Nullable Holding open(@Nullable String authorization, HttpBudget budget) {
        String token = bearer(authorization);
        try {
            return token == null ? null : new Caller(verification.verify(token)).holding(budget);
        } catch (LoginRefused _) {
            return null;
        }
    }

    private Caller authenticate(@Nullable String authorization) {
        String token = bearer(authorization);
        if (token == null) {
            throw Refused.unauthorized("no Bearer token");
        }
        try {
            return new Caller(verification.verify(token));
        } catch (LoginRefused e) {
            throw Outcomes.refused(e);
        }
    }

    /// The token of an Authorization header, or null where there is none.
    public static @Nullable String bearer(@Nullable String authorization) {
        return authorization != null
                        && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? authorization.substring(SCHEME.length()).strip()
                : null;
    }
}
