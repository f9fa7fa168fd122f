package eu.sermas.bus.rest.http;

import eu.sermas.bus.access.Rule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request that is not served, and what its caller is told. An exception only because that is how
/// JAX-RS leaves a resource method; it carries no stack trace.
public final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// What the owner of an app is told of it.
    ///
    /// @param appId whose matter it is beyond doubt, or null for that of the caller
    /// @param client the id of a client that somebody wanted to be, or the empty string
    public record Telling(Rule rule, String reason, @Nullable String appId, String client) {}

    private final transient ErrorBody body;
    private final transient Map<String, String> headers;
    private final transient @Nullable Telling telling;

    private Refused(ErrorBody body, Map<String, String> headers) {
        this(body, headers, null);
    }

    private Refused(ErrorBody body, Map<String, String> headers, @Nullable Telling telling) {
        super(body.message(), null, false, false);
        this.body = body;
        this.headers = headers;
        this.telling = telling;
    }

    /// @param headers to be sent with it
    public static Refused with(ErrorBody body, Map<String, String> headers) {
        return new Refused(body, headers);
    }

    public static Refused badRequest(String reason) {
        return new Refused(ErrorBody.of(400, reason), Map.of());
    }

    /// No token, or one that is not accepted. The reason goes where RFC 6750 wants it, so that the
    /// body stays the one that clients know.
    public static Refused unauthorized(String reason) {
        return unauthorized(reason, null);
    }

    /// @param appId whose matter it is beyond doubt, or null
    public static Refused unauthorized(String reason, @Nullable String appId) {
        return new Refused(
                ErrorBody.of(401),
                Map.of("WWW-Authenticate", challenge("invalid_token", reason)),
                new Telling(Rule.CREDENTIALS, reason, appId, ""));
    }

    /// A good token without the right; the reason names the missing grant. Whoever refuses it tells
    /// of it as well.
    public static Refused forbidden(String reason) {
        return new Refused(
                ErrorBody.of(403, "Forbidden resource"),
                Map.of("WWW-Authenticate", challenge("insufficient_scope", reason)));
    }

    /// The same where nobody has told of it yet.
    public static Refused forbidden(Rule rule, String reason) {
        Refused plain = forbidden(reason);
        return new Refused(plain.body, plain.headers, new Telling(rule, reason, null, ""));
    }

    /// The same with what is to be told of it.
    public Refused telling(Telling told) {
        return new Refused(body, headers, told);
    }

    /// What is to be told of it, or null for nothing.
    public @Nullable Telling telling() {
        return telling;
    }

    public static Refused notFound(String reason) {
        return new Refused(ErrorBody.of(404, reason), Map.of());
    }

    public static Refused conflict(String reason) {
        return new Refused(ErrorBody.of(409, reason), Map.of());
    }

    /// More at once than there may be.
    public static Refused tooLarge(String reason) {
        return new Refused(ErrorBody.of(413, reason), Map.of());
    }

    /// The caller has enough of something already.
    public static Refused tooMany(String reason) {
        return new Refused(ErrorBody.of(429, reason), Map.of());
    }

    /// Nobody can have it now.
    public static Refused unavailable(String reason) {
        return new Refused(ErrorBody.of(503, reason), Map.of());
    }

    /// The body is larger than it may be.
    public static Refused tooLarge() {
        return new Refused(ErrorBody.plain(413, "request entity too large"), Map.of());
    }

    /// There is no memory left for the request in the share that it counts in.
    ///
    /// @param greedy whether that is because its owner has so much of it already
    static Refused noRoom(boolean greedy) {
        return new Refused(
                ErrorBody.of(greedy ? 429 : 503, "too many requests at once"),
                Map.of("Retry-After", "1"));
    }

    /// Somebody else who was asked gave no answer.
    public static Refused timedOut(String reason) {
        return new Refused(ErrorBody.of(504, reason), Map.of());
    }

    ErrorBody body() {
        return body;
    }

    Map<String, String> headers() {
        return headers;
    }

    /// RFC 6750 section 3 allows printable ASCII without `"` and `\` in a description.
    private static String challenge(String error, String reason) {
        String description = reason.replaceAll("[^ !#-\\[\\]-~]", "?");
        return "Bearer error=\"" + error + "\", error_description=\"" + description + "\"";
    }
}
