package eu.sermas.bus.rest.relay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.rest.http.Json;
import eu.sermas.bus.rest.http.Refused;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.FileUpload;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.HttpPostRequestDecoder;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Forms as browsers send them with files (RFC 7578), of which the plain fields and the names of
/// the files count here.
final class Multipart {

    private static final int MAX_FIELDS = 100;
    private static final int MAX_UNPARSED = 8 * 1024;

    private Multipart() {}

    static boolean isMultipart(@Nullable String contentType) {
        return contentType != null
                && contentType.toLowerCase(Locale.ROOT).startsWith("multipart/form-data");
    }

    /// Fields by name; the name of a file is the field `filename`, unless there is one.
    ///
    /// @throws Refused 400 where it is no such form
    static ObjectNode fields(@Nullable String contentType, byte[] body) {
        FullHttpRequest request =
                new DefaultFullHttpRequest(
                        HttpVersion.HTTP_1_1, HttpMethod.POST, "/", Unpooled.wrappedBuffer(body));
        request.headers().set(HttpHeaderNames.CONTENT_TYPE, String.valueOf(contentType));
        if (!HttpPostRequestDecoder.isMultipart(request)) {
            throw Refused.badRequest("Content-Type: multipart/form-data without a boundary");
        }
        HttpPostMultipartRequestDecoder decoder = null;
        try {
            decoder =
                    new HttpPostMultipartRequestDecoder(
                            new DefaultHttpDataFactory(false),
                            request,
                            StandardCharsets.UTF_8,
                            MAX_FIELDS,
                            MAX_UNPARSED);
            ObjectNode fields = JsonNodeFactory.instance.objectNode();
            for (InterfaceHttpData data : decoder.getBodyHttpDatas()) {
                if (data instanceof Attribute attribute) {
                    fields.put(attribute.getName(), attribute.getValue());
                } else if (data instanceof FileUpload file && !fields.has("filename")) {
                    fields.put("filename", file.getFilename());
                }
            }
            return fields;
        } catch (HttpPostRequestDecoder.ErrorDataDecoderException
                | HttpPostRequestDecoder.TooManyFormFieldsException
                | HttpPostRequestDecoder.TooLongFormFieldException
                | HttpPostRequestDecoder.NotEnoughDataDecoderException
                | IOException
                | IllegalArgumentException _) {
            throw Refused.badRequest("body: malformed multipart/form-data");
        } finally {
            if (decoder != null) {
                decoder.destroy();
            }
        }
    }

    /// The JSON in a field.
    static JsonNode json(String field) {
        return (JsonNode) Json.read(field.getBytes(StandardCharsets.UTF_8), JsonNode.class);
    }
}
