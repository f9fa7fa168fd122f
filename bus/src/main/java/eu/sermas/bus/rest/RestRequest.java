package eu.sermas.bus.rest;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import org.jboss.resteasy.core.ResteasyContext;
import org.jboss.resteasy.core.SynchronousDispatcher;
import org.jboss.resteasy.core.SynchronousExecutionContext;
import org.jboss.resteasy.plugins.server.BaseHttpRequest;
import org.jboss.resteasy.specimpl.MultivaluedMapImpl;
import org.jboss.resteasy.specimpl.ResteasyHttpHeaders;
import org.jboss.resteasy.specimpl.ResteasyUriInfo;
import org.jboss.resteasy.spi.HttpRequest;
import org.jboss.resteasy.spi.ResteasyAsynchronousContext;
import org.jspecify.annotations.Nullable;

/// A complete request as the dispatcher wants to see it. Only the headers that mean something to
/// the resources come in here, so that no header of a stranger reaches a parser of the framework.
final class RestRequest extends BaseHttpRequest {

    private final String target;
    private final String remoteAddress;
    private final ResteasyHttpHeaders headers;
    private final Map<String, Object> attributes = new HashMap<>();
    private final ResteasyAsynchronousContext context;
    private String method;
    private InputStream body;

    /// @param target path and query as they came, already found to be well formed
    /// @param authorization the header of that name
    RestRequest(
            String method,
            String target,
            @Nullable String authorization,
            byte[] body,
            String remoteAddress,
            SynchronousDispatcher dispatcher,
            RestResponse response) {
        super(new ResteasyUriInfo("http://localhost" + RequestTarget.escape(target), "/"));
        this.method = method;
        this.target = target;
        this.remoteAddress = remoteAddress;
        this.body = new ByteArrayInputStream(body);
        MultivaluedMap<String, String> known = new MultivaluedMapImpl<>();
        known.putSingle(HttpHeaders.CONTENT_TYPE, "application/json");
        if (authorization != null) {
            known.putSingle(HttpHeaders.AUTHORIZATION, authorization);
        }
        headers = new ResteasyHttpHeaders(known);
        context = new SynchronousExecutionContext(dispatcher, this, response);
    }

    /// The request that the calling thread serves; what JAX-RS injects is only a proxy of it.
    static RestRequest current() {
        return (RestRequest) ResteasyContext.getContextData(HttpRequest.class);
    }

    String target() {
        return target;
    }

    @Override
    public HttpHeaders getHttpHeaders() {
        return headers;
    }

    @Override
    public MultivaluedMap<String, String> getMutableHeaders() {
        return headers.getMutableHeaders();
    }

    @Override
    public InputStream getInputStream() {
        return body;
    }

    @Override
    public void setInputStream(InputStream stream) {
        body = stream;
    }

    @Override
    public String getHttpMethod() {
        return method;
    }

    @Override
    public void setHttpMethod(String method) {
        this.method = method;
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        return attributes.get(name);
    }

    @Override
    public void setAttribute(String name, Object value) {
        attributes.put(name, value);
    }

    @Override
    public void removeAttribute(String name) {
        attributes.remove(name);
    }

    @Override
    public Enumeration<String> getAttributeNames() {
        return Collections.enumeration(attributes.keySet());
    }

    @Override
    public ResteasyAsynchronousContext getAsyncContext() {
        return context;
    }

    @Override
    public void forward(String path) {
        throw new UnsupportedOperationException("no forwarding");
    }

    @Override
    public boolean wasForwarded() {
        return false;
    }

    @Override
    public String getRemoteAddress() {
        return remoteAddress;
    }

    @Override
    public String getRemoteHost() {
        return remoteAddress;
    }
}
