package eu.sermas.bus.rest.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.UserProperty;
import eu.sermas.bus.rest.http.ShownPayload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A message as a reader of an event stream sees it. The payload is looked at when the event is
/// sent, on the reader's thread.
///
/// @param retained whether it was retained before the stream began
record MessageEvent(Message message, boolean retained) {

    /// The event and its place, beside the message.
    private static final long OVERHEAD = 100;

    /// @param payload in JSON
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record View(
            String topic,
            @JsonRawValue String payload,
            String encoding,
            @JsonInclude(JsonInclude.Include.ALWAYS) int qos,
            @JsonInclude(JsonInclude.Include.ALWAYS) boolean retain,
            @Nullable String contentType,
            @Nullable String responseTopic,
            byte @Nullable [] correlationData,
            List<UserProperty> userProperties) {}

    long bytes() {
        return OVERHEAD + message.cost();
    }

    @JsonValue
    View view() {
        ShownPayload payload = ShownPayload.of(message.payload());
        return new View(
                message.topic().name(),
                payload.json(),
                payload.encoding(),
                message.qos().value(),
                retained,
                message.properties().text(Property.CONTENT_TYPE),
                message.properties().text(Property.RESPONSE_TOPIC),
                message.properties().binary(Property.CORRELATION_DATA),
                message.properties().userProperties());
    }
}
