package eu.sermas.bus.http;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.TooLongHttpHeaderException;

/// The fields of one head, of which there are not many: a field of four bytes costs a hundred here.
final class FewHeaders extends DefaultHttpHeaders {

    static final int MOST = 100;

    private int added;

    @Override
    public HttpHeaders add(CharSequence name, Object value) {
        if (++added > MOST) {
            throw new TooLongHttpHeaderException("header fields: more than " + MOST);
        }
        return super.add(name, value);
    }
}
