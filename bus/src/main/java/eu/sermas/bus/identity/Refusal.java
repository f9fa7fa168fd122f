package eu.sermas.bus.identity;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Why a request was not done.
///
/// @param message one line for the caller, or null where the kind says it all
/// @param retryAfter how long to wait before it is worth asking again, for [Kind#TOO_MANY_REQUESTS]
///   only
public record Refusal(Kind kind, @Nullable String message, @Nullable Duration retryAfter) {

    /// The kinds of refusal with the HTTP status that they stand for.
    public enum Kind {
        BAD_REQUEST(400),
        UNAUTHORIZED(401),
        FORBIDDEN(403),
        NOT_FOUND(404),
        CONFLICT(409),
        TOO_LARGE(413),
        TOO_MANY_REQUESTS(429);

        private final int status;

        Kind(int status) {
            this.status = status;
        }

        public int status() {
            return status;
        }
    }

    static final Refusal UNAUTHORIZED = new Refusal(Kind.UNAUTHORIZED, null, null);
    static final Refusal APP_NOT_FOUND = new Refusal(Kind.NOT_FOUND, "app not found", null);
    static final Refusal CLIENT_NOT_FOUND = new Refusal(Kind.NOT_FOUND, "client not found", null);
    static final Refusal NO_FORMER_SECRET = new Refusal(Kind.NOT_FOUND, "no former secret", null);
    static final Refusal MODULE_NOT_FOUND = new Refusal(Kind.NOT_FOUND, "module not found", null);

    static Refusal badRequest(String message) {
        return new Refusal(Kind.BAD_REQUEST, message, null);
    }

    /// @param reason names what is missing
    static Refusal forbidden(String reason) {
        return new Refusal(Kind.FORBIDDEN, reason, null);
    }

    static Refusal conflict(String message) {
        return new Refusal(Kind.CONFLICT, message, null);
    }

    /// More in one than there may be.
    static Refusal tooLarge(String message) {
        return new Refusal(Kind.TOO_LARGE, message, null);
    }

    /// Somebody has enough; waiting does not help.
    static Refusal tooMany(String message) {
        return new Refusal(Kind.TOO_MANY_REQUESTS, message, null);
    }

    static Refusal tooManyRequests(Duration retryAfter) {
        return new Refusal(Kind.TOO_MANY_REQUESTS, "Too Many Requests", retryAfter);
    }
}
