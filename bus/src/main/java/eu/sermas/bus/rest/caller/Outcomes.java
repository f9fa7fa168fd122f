package eu.sermas.bus.rest.caller;

import eu.sermas.bus.access.Rule;
import eu.sermas.bus.identity.LoginRefused;
import eu.sermas.bus.identity.Outcome;
import eu.sermas.bus.identity.Refusal;
import eu.sermas.bus.rest.http.ErrorBody;
import eu.sermas.bus.rest.http.Refused;
import java.time.Duration;
import java.util.Map;

/// What identity says, in the words of HTTP.
public final class Outcomes {

    private Outcomes() {}

    /// The value of an outcome, where there is one.
    ///
    /// @throws Refused what identity says otherwise
    public static <T> T unless(Outcome<T> outcome) {
        return switch (outcome) {
            case Outcome.Done<T>(T value) -> value;
            case Outcome.Refused<T>(Refusal refusal) -> throw refused(refusal);
        };
    }

    /// A token that is not accepted.
    public static Refused refused(LoginRefused refusal) {
        return Refused.unauthorized(String.valueOf(refusal.getMessage()), refusal.appId());
    }

    public static Refused refused(Refusal refusal) {
        String message = refusal.message();
        if (refusal.kind() == Refusal.Kind.FORBIDDEN && message != null) {
            return Refused.forbidden(Rule.MISSING_GRANT, message);
        }
        int status = refusal.kind().status();
        Duration wait = refusal.retryAfter();
        Map<String, String> headers =
                switch (refusal.kind()) {
                    case UNAUTHORIZED -> Map.of("WWW-Authenticate", "Bearer");
                    case TOO_MANY_REQUESTS ->
                            wait == null
                                    ? Map.of()
                                    : Map.of("Retry-After", "" + Math.max(1, seconds(wait)));
                    case BAD_REQUEST, FORBIDDEN, NOT_FOUND, CONFLICT, TOO_LARGE -> Map.of();
                };
        return Refused.with(
                message == null ? ErrorBody.of(status) : ErrorBody.of(status, message), headers);
    }

    private static long seconds(Duration wait) {
        return wait.plusMillis(999).toSeconds();
    }
}
