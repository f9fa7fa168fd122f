package eu.sermas.bus.rest.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.rest.http.Json;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageEventTest {

    /// JSON is UTF-8 without a byte order mark (RFC 8259, section 8.1); readers of the stream get
    /// the payload as it is, and would fail with it.
    @ParameterizedTest
    @CsvSource({
        "UTF-8, '{\"a\":\"ä\"}', json",
        "UTF-8, \uFEFF{}, text",
        "UTF-8, [1] [2], text",
        "UTF-16BE, {}, text",
        "UTF-16LE, {}, text",
        "UTF-16, {}, base64",
        "UTF-32BE, {}, text"
    })
    void onlyJsonIsShownAsJson(String charset, String payload, String encoding) throws Exception {
        byte[] bytes = payload.getBytes(Charset.forName(charset));
        Message message = Message.of(Topic.of("app/a/ui/content"), bytes, QoS.AT_MOST_ONCE);
        MessageEvent.View view = new MessageEvent(message, false).view();
        assertThat(view.encoding()).isEqualTo(encoding);
        JsonNode shown = Json.MAPPER.readTree(Json.write(view)).path("payload");
        assertThat(shown.isContainerNode()).isEqualTo(encoding.equals("json"));
        if (encoding.equals("text")) {
            assertThat(shown.asText()).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    /// A stream would hold a hundred times its limit of messages that say everything there.
    @Test
    void whatAMessageSaysInItsPropertiesCountsToo() {
        Message message =
                new Message(
                        Topic.of("app/a/ui/content"),
                        new byte[0],
                        QoS.AT_MOST_ONCE,
                        false,
                        Properties.builder().user("n", "v".repeat(60_000)).build(),
                        Long.MAX_VALUE);
        assertThat(new MessageEvent(message, false).bytes()).isGreaterThan(60_000);
    }
}
