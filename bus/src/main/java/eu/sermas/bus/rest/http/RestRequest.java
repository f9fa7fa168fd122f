package eu.sermas.bus.rest.http;

import eu.sermas.bus.http.Holding;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
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

/// A request as the dispatcher wants to see it. Only the headers that mean something to the
/// resources come in here, so that no header of a stranger reaches a parser of the framework.
public final class RestRequest extends BaseHttpRequest {

    private final Call call;
    private final Holding holding;
    private final int maxBody;
    private final RestResponse response;
    private final ResteasyHttpHeaders headers;
    private final Map<String, Object> attributes = new HashMap<>();
    private final ResteasyAsynchronousContext context;
    private String method;
    private InputStream body;

    /// @param holding what it holds in memory
    /// @param maxBody bytes
    RestRequest(
            Call call,
            Holding holding,
            int maxBody,
            SynchronousDispatcher dispatcher,
            RestResponse response) {
        super(new ResteasyUriInfo("http://localhost" + RequestTarget.escape(call.target()), "/"));
        this.call = call;
        this.response = response;
        this.method = call.method();
        this.holding = holding;
        this.maxBody = maxBody;
        this.body = InputStream.nullInputStream();
        MultivaluedMap<String, String> known = new MultivaluedMapImpl<>();
        known.putSingle(HttpHeaders.CONTENT_TYPE, "application/json");
        if (call.authorization() != null) {
            known.putSingle(HttpHeaders.AUTHORIZATION, call.authorization());
        }
        headers = new ResteasyHttpHeaders(known);
        context = new SynchronousExecutionContext(dispatcher, this, response);
    }

    /// The request that the calling thread serves; what JAX-RS injects is only a proxy of it.
    public static RestRequest current() {
        return (RestRequest) ResteasyContext.getContextData(HttpRequest.class);
    }

    /// Path and query as they came, already found to be well formed.
    public String target() {
        return call.target();
    }

    /// The event that the caller has read last, or null.
    public @Nullable String lastEventId() {
        return call.lastEventId();
    }

    /// Whether the caller wants an event stream where there is the choice.
    public boolean wantsEventStream() {
        String accept = call.accept();
        return accept != null && accept.contains(EventStream.CONTENT_TYPE);
    }

    /// What the caller says that the body is, or null. The framework takes every body for JSON.
    public @Nullable String contentType() {
        return call.contentType();
    }

    /// The body, once it is there as a whole. While it is awaited the request needs no place to
    /// work.
    ///
    /// @throws Refused where it is too large, or there is no room for it
    byte[] readBody() {
        holding.rest();
        byte[] bytes = call.body().read(holding, maxBody);
        if (!holding.goOn()) {
            throw Refused.noRoom(holding.isGreedy());
        }
        return bytes;
    }

    /// What it could hold at most.
    long most() {
        return holding.most();
    }

    /// Takes what is made of the body from the share of the caller, before it is made.
    ///
    /// @throws Refused 413 where it will never fit, else 429 or 503
    void hold(long bytes) {
        if (bytes > holding.most()) {
            throw Refused.tooLarge();
        }
        if (!holding.take(bytes)) {
            throw Refused.noRoom(holding.isGreedy());
        }
    }

    RestResponse response() {
        return response;
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
        return call.remoteAddress();
    }

    @Override
    public String getRemoteHost() {
        return call.remoteAddress();
    }
}
