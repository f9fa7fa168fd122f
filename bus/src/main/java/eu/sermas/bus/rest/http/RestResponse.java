package eu.sermas.bus.rest.http;

import eu.sermas.bus.http.Holding;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.NewCookie;
import java.io.OutputStream;
import org.jboss.resteasy.specimpl.MultivaluedMapImpl;
import org.jboss.resteasy.spi.HttpResponse;
import org.jspecify.annotations.Nullable;

/// An answer, gathered in memory before a byte of it is sent: what goes wrong on the way can still
/// become a proper error.
final class RestResponse implements HttpResponse {

    private final MultivaluedMap<String, Object> headers = new MultivaluedMapImpl<>();
    private final AnswerOutput body;
    private OutputStream out;
    private @Nullable AnswerBody shared;
    private @Nullable EventStream stream;
    private int status = 200;

    /// @param holding what the answer is taken from
    RestResponse(Holding holding) {
        body = new AnswerOutput(holding);
        out = body;
    }

    AnswerBody body() {
        AnswerBody known = shared;
        return known == null ? body.body() : known;
    }

    /// What is answered, where others are answered the same.
    void share(AnswerBody known) {
        shared = known;
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
        shared = null;
    }

    @Override
    public void flushBuffer() {}
}
