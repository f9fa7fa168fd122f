package eu.sermas.bus.rest.http;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;

/// The habits that clients of the platform rely on: a successful POST is 201, everything else 200,
/// nothing to say is an empty body without a content type, a string is HTML. A resource method that
/// says no type gets the framework's default, which means that nobody has said one.
public final class Conventions implements ContainerResponseFilter {

    public static final String JSON = "application/json; charset=utf-8";
    private static final MediaType UNSAID = MediaType.APPLICATION_OCTET_STREAM_TYPE;
    private static final String HTML = "text/html; charset=utf-8";

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (response.getStatus() == 200 || response.getStatus() == 204) {
            response.setStatus(request.getMethod().equals(HttpMethod.POST) ? 201 : 200);
        }
        if (!response.hasEntity()) {
            response.getHeaders().remove(HttpHeaders.CONTENT_TYPE);
        } else if (UNSAID.equals(response.getMediaType())) {
            response.getHeaders()
                    .putSingle(
                            HttpHeaders.CONTENT_TYPE,
                            switch (response.getEntity()) {
                                case String _ -> HTML;
                                case EventStream _ -> EventStream.CONTENT_TYPE;
                                case byte[] _ -> MediaType.APPLICATION_OCTET_STREAM;
                                default -> JSON;
                            });
        }
    }
}
