package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.Publish;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Whether a payload is the UTF-8 that its Payload Format Indicator says, MQTT 5 section 3.3.2.3.2.
final class PayloadFormat {

    private PayloadFormat() {}

    /// True also for a message that says nothing of its payload.
    static boolean isKept(Publish publish) {
        if (publish.properties().isEmpty()
                || publish.properties().number(Property.PAYLOAD_FORMAT_INDICATOR, 0) == 0) {
            return true;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(publish.payload()));
            return true;
        } catch (CharacterCodingException _) {
            return false;
        }
    }
}
