package eu.sermas.bus.rest.http;

import eu.sermas.bus.store.StoreException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns everything that leaves a resource method the hard way into an answer. What nobody expected
/// is logged under an identifier and tells the caller nothing. A disk that takes nothing is
/// expected: the store has said so in the log, once, and the caller may come again.
final class Errors implements ExceptionMapper<Throwable> {

    private static final Logger LOG = LoggerFactory.getLogger(Errors.class);

    private final Consumer<Refused> refusals;

    /// @param refusals is told of each
    Errors(Consumer<Refused> refusals) {
        this.refusals = refusals;
    }

    @Override
    public Response toResponse(Throwable problem) {
        return switch (problem) {
            case Refused refused -> answer(refused);
            case NotFoundException _, NotAllowedException _ -> answer(noSuchRoute());
            case WebApplicationException e when e.getResponse().getStatus() < 500 ->
                    answer(ErrorBody.of(e.getResponse().getStatus()));
            default -> answer(unexpected(problem));
        };
    }

    /// Logs it; a caller who complains is found by the time and the identifier.
    static ErrorBody unexpected(Throwable problem) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof StoreException failure) {
                return ErrorBody.of(503, String.valueOf(failure.getMessage()));
            }
        }
        LOG.error("REST request failed, id {}", UUID.randomUUID(), problem);
        return ErrorBody.plain(500, "Internal server error");
    }

    private Response answer(Refused refused) {
        refusals.accept(refused);
        Response.ResponseBuilder builder =
                Response.status(refused.body().statusCode()).entity(refused.body());
        refused.headers().forEach(builder::header);
        return builder.build();
    }

    private static ErrorBody noSuchRoute() {
        RestRequest request = RestRequest.current();
        return ErrorBody.of(404, "Cannot " + request.getHttpMethod() + " " + request.target());
    }

    private static Response answer(ErrorBody body) {
        return Response.status(body.statusCode()).entity(body).build();
    }
}
