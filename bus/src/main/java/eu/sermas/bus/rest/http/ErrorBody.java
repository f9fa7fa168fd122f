package eu.sermas.bus.rest.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;

/// The body of every answer that is not a success. Clients look at `statusCode` before anything
/// else, so no success may ever have such a field.
///
/// @param error the name of the status, left out where the message says just that
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ErrorBody(String message, @Nullable String error, int statusCode) {

    public static ErrorBody of(int status) {
        return new ErrorBody(name(status), null, status);
    }

    public static ErrorBody of(int status, String message) {
        String name = name(status);
        return new ErrorBody(message, message.equals(name) ? null : name, status);
    }

    /// The form of the errors that come before any handler: only the two fields.
    static ErrorBody plain(int status, String message) {
        return new ErrorBody(message, null, status);
    }

    private static String name(int status) {
        return HttpResponseStatus.valueOf(status).reasonPhrase();
    }
}
