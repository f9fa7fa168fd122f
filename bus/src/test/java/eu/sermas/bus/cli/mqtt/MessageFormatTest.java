package eu.sermas.bus.cli.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The signs of `mosquitto_sub -F`.
class MessageFormatTest {

    private static final ZonedDateTime NOW =
            ZonedDateTime.parse("2026-02-03T04:05:06.007008009+01:00");

    private static final Properties PROPERTIES =
            Properties.builder()
                    .add(Property.CONTENT_TYPE, "text/plain")
                    .add(Property.MESSAGE_EXPIRY_INTERVAL, 60)
                    .user("a", "b")
                    .user("a", "c")
                    .build();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "%p | {\"\"n\"\":1}",
                "%t %p | app/x/ui {\"\"n\"\":1}",
                "%q%r%l %m | 117 9",
                "%x | 7b226e223a317d",
                "%X | 7B226E223A317D",
                "%I | 2026-02-03T04:05:06+0100",
                "%U | 1770087906.007008009",
                "%%t%q | %t1",
                "100%%%t | 100%app/x/ui",
                "%C %E %P | text/plain 60 a:b a:c",
                "[%R%D%F%S%A] | []",
                "\\\\%q | \\1",
            })
    void aSignIsReplacedByWhatItStandsFor(String format, String expected) throws Exception {
        Publish message = message("{\"n\":1}", PROPERTIES);
        assertThat(new String(MessageFormat.of(format).print(message, NOW), UTF_8))
                .isEqualTo(expected.replace("\"\"", "\""));
    }

    @Test
    void charactersThatShellsKeepAreWrittenAsInC() throws Exception {
        byte[] printed =
                MessageFormat.of("\\t%q\\n\\0\\e\\r\\a\\v").print(message("", PROPERTIES), NOW);
        assertThat(new String(printed, UTF_8)).isEqualTo("\t1\n\0\u001b\r\u0007\u000b");
    }

    @Test
    void jsonHasThePayloadAsTextOrAsJson() throws Exception {
        String head =
                "{\"tst\":\"2026-02-03T04:05:06.007008+0100\",\"topic\":\"app/x/ui\",\"qos\":1,"
                        + "\"retain\":1,\"payloadlen\":7,\"mid\":9,";
        Publish plain = message("{\"n\":1}", Properties.NONE);
        assertThat(new String(MessageFormat.of("%j").print(plain, NOW), UTF_8))
                .isEqualTo(head + "\"payload\":\"{\\\"n\\\":1}\"}");
        assertThat(new String(MessageFormat.of("%J").print(plain, NOW), UTF_8))
                .isEqualTo(head + "\"payload\":{\"n\":1}}");
        Publish rich = message("{\"n\":1}", PROPERTIES);
        assertThat(new String(MessageFormat.of("%J").print(rich, NOW), UTF_8))
                .isEqualTo(
                        head
                                + "\"properties\":{\"content-type\":\"text/plain\","
                                + "\"message-expiry-interval\":60,"
                                + "\"user-properties\":[{\"a\":\"b\"},{\"a\":\"c\"}]},"
                                + "\"payload\":{\"n\":1}}");
    }

    @Test
    void aPayloadThatIsNoJsonIsNamed() {
        assertThatThrownBy(() -> MessageFormat.of("%J").print(message("{", Properties.NONE), NOW))
                .hasMessage("payload is not valid JSON on topic app/x/ui");
    }

    @ParameterizedTest
    @CsvSource({"%z, %z", "100%, %", "\\q, \\q", "abc\\, \\"})
    void anUnknownSignIsNamed(String format, String named) {
        assertThatThrownBy(() -> MessageFormat.of(format))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("-F: " + named + " (expected: ");
    }

    private static Publish message(String payload, Properties properties) {
        return new Publish(
                Topic.of("app/x/ui"),
                payload.getBytes(UTF_8),
                QoS.AT_LEAST_ONCE,
                true,
                false,
                9,
                properties);
    }
}
