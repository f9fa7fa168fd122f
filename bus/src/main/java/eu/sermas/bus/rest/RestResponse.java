package eu.sermas.bus.rest;

import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.NewCookie;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import org.jboss.resteasy.specimpl.MultivaluedMapImpl;
import org.jboss.resteasy.spi.HttpResponse;
import org.jspecify.annotations.Nullable;

/// An answer, gathered in memory before a byte of it is sent: what goes wrong on the way can still
/// become a proper error.
final class RestResponse implements HttpResponse {

    private final MultivaluedMap<String, Object> headers = new MultivaluedMapImpl<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(512);
    private OutputStream out = body;
    private @Nullable EventStream stream;
    private int status = 200;

    byte[] body() {
        return body.toByteArray();
    }

    /// What goes on behind the head, or null.
    @Nullable EventStream stream() {
        return stream;
    }

    void stream(EventStream opened) {
        stream = opened;
    }

    @Override
    public int getStatus() {
        return status;
    }

    @Override
    public void setStatus(int status) {
        this.status = status;
    }

    @Override
    public MultivaluedMap<String, Object> getOutputHeaders() {
        return headers;
    }

    @Override
    public OutputStream getOutputStream() {
        return out;
    }

    @Override
    public void setOutputStream(OutputStream stream) {
        out = stream;
    }

    @Override
    public void addNewCookie(NewCookie cookie) {
        throw new UnsupportedOperationException("no cookies");
    }

    @Override
    public void sendError(int code) {
        status = code;
    }

    @Override
    public void sendError(int code, String message) {
        status = code;
    }

    @Override
    public boolean isCommitted() {
        return false;
    }

    @Override
    public void reset() {
        headers.clear();
        body.reset();
    }

    @Override
    public void flushBuffer() {}
}
