package eu.sermas.bus.rest.caller;

import eu.sermas.bus.access.Denial;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.identity.Outcome;
import eu.sermas.bus.identity.Refusal;
import eu.sermas.bus.identity.Registry;
import eu.sermas.bus.packet.Printable;
import eu.sermas.bus.rest.http.Refused;
import eu.sermas.bus.rest.http.RequestTarget;
import eu.sermas.bus.rest.http.RestRequest;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Tells owners of apps, and the audit log, of calls over HTTP that are refused: 401, 403, and
/// wrong secrets. What is told is put together and bounded by whoever is told.
///
/// A refusal is the matter of the app of whoever was refused, so nobody reports into the app of a
/// stranger by naming it in a path. A wrong secret is the matter of the app whose client somebody
/// wanted to be: the owner has to know of a guess, and there are only as many kinds of it as the
/// app has clients.
public final class DeniedCalls {

    private static final int LONGEST_PATH = 128;

    private final Consumer<Denial> feed;
    private final Registry registry;

    public DeniedCalls(Consumer<Denial> feed, Registry registry) {
        this.feed = feed;
        this.registry = registry;
    }

    /// The value of an outcome, where there is one.
    ///
    /// @param wrong what was not accepted where somebody showed a credential
    /// @throws Refused what identity says otherwise, to be told to the app of this client
    public <T> T unless(
            Outcome<T> outcome, @Nullable String appId, @Nullable String clientId, String wrong) {
        return switch (outcome) {
            case Outcome.Done<T>(T value) -> value;
            case Outcome.Refused<T>(Refusal refusal) ->
                    throw switch (refusal.kind()) {
                        case UNAUTHORIZED, TOO_MANY_REQUESTS ->
                                Outcomes.refused(refusal)
                                        .telling(wrongCredential(appId, clientId, wrong));
                        case FORBIDDEN, BAD_REQUEST, NOT_FOUND, CONFLICT, TOO_LARGE ->
                                Outcomes.refused(refusal);
                    };
        };
    }

    private Refused.Telling wrongCredential(
            @Nullable String appId, @Nullable String clientId, String wrong) {
        String client =
                appId == null || clientId == null
                        ? null
                        : registry.client(appId, clientId).map(known -> known.id()).orElse(null);
        return client == null
                ? new Refused.Telling(Rule.CREDENTIALS, wrong, null, "")
                : new Refused.Telling(Rule.CREDENTIALS, wrong, appId, client);
    }

    /// Tells of a refusal of the request that the calling thread serves. Never throws.
    public void tell(Refused refused) {
        Refused.Telling told = refused.telling();
        if (told == null) {
            return;
        }
        RestRequest request = RestRequest.current();
        Caller caller = Caller.current();
        Principal principal = caller == null ? null : caller.principal();
        boolean login = !told.client().isEmpty();
        String path =
                request.getHttpMethod()
                        + " "
                        + Printable.of(RequestTarget.pathOf(request.target()), LONGEST_PATH);
        feed.accept(
                new Denial(
                        login ? Denial.Action.LOGIN : Denial.Action.CALL,
                        told.appId() == null ? appOf(caller, request) : told.appId(),
                        principal == null ? "" : principal.id(),
                        told.client(),
                        login ? request.getRemoteAddress() : path,
                        told.rule(),
                        told.reason(),
                        1));
    }

    /// The only app of the caller, else the one in the path where it is one of theirs; none where
    /// the caller is no more, for their app may be another's by now.
    private static @Nullable String appOf(@Nullable Caller caller, RestRequest request) {
        Set<String> appIds =
                caller == null || caller.rights().now() == null
                        ? Set.of()
                        : caller.principal().appIds();
        if (appIds.size() == 1) {
            return appIds.iterator().next();
        }
        String named = request.getUri().getPathParameters().getFirst("appId");
        return named != null && appIds.contains(named) ? named : null;
    }
}
