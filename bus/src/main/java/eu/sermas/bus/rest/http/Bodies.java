package eu.sermas.bus.rest.http;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyReader;
import jakarta.ws.rs.ext.MessageBodyWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Request and response bodies: bytes and strings as they are, everything else as JSON, whatever
/// the content type says; an absent body is an empty object. What goes on for a while is written
/// later. What a body becomes is counted before it is made.
final class Bodies implements MessageBodyReader<Object>, MessageBodyWriter<Object> {

    private static final byte[] EMPTY_OBJECT = {'{', '}'};

    private final Consumer<Object> check;

    /// @param check looks at what a body was read as, and throws [Refused] where it may not be that
    Bodies(Consumer<Object> check) {
        this.check = check;
    }

    @Override
    public boolean isReadable(Class<?> type, Type generic, Annotation[] notes, MediaType media) {
        return true;
    }

    @Override
    public Object readFrom(
            Class<Object> type,
            Type generic,
            Annotation[] notes,
            MediaType media,
            MultivaluedMap<String, String> headers,
            InputStream in)
            throws IOException {
        RestRequest request = RestRequest.current();
        byte[] body = request.readBody();
        if ((Class<?>) type == byte[].class) {
            return body;
        }
        request.hold(Json.costOf(body, request.most()));
        Object value = Json.read(body.length == 0 ? EMPTY_OBJECT : body, generic);
        check.accept(value);
        return value;
    }

    @Override
    public boolean isWriteable(Class<?> type, Type generic, Annotation[] notes, MediaType media) {
        return true;
    }

    @Override
    public void writeTo(
            Object value,
            Class<?> type,
            Type generic,
            Annotation[] notes,
            MediaType media,
            MultivaluedMap<String, Object> headers,
            OutputStream out)
            throws IOException {
        try {
            switch (value) {
                case EventStream stream -> RestRequest.current().response().stream(stream);
                case AnswerBody shared -> RestRequest.current().response().share(shared);
                case byte[] bytes -> out.write(bytes);
                case String text -> out.write(text.getBytes(StandardCharsets.UTF_8));
                default -> Json.write(value, out);
            }
        } catch (AnswerOutput.OutOfShareException _) {
            throw Refused.noRoom(false);
        }
    }
}
