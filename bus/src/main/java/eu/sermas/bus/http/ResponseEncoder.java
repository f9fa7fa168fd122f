package eu.sermas.bus.http;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;

/// Writes answers; the one to a HEAD without its body.
final class ResponseEncoder extends HttpResponseEncoder {

    private boolean head;

    /// The next answer is to a request of this method.
    void answers(HttpMethod method) {
        head = method.equals(HttpMethod.HEAD);
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse response) {
        return head || super.isContentAlwaysEmpty(response);
    }
}
