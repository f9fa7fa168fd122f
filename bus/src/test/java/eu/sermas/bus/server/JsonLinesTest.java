package eu.sermas.bus.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class JsonLinesTest {

    private final LoggerContext context = new LoggerContext();
    private final JsonLines lines = new JsonLines();

    @Test
    void aLineSaysWhenHowLoudWhoAndWhat() throws Exception {
        LoggingEvent event = event("told \"you\"\nso \u0001 größe", null);
        event.addKeyValuePair(new KeyValuePair("version", "0.1.0"));
        event.addKeyValuePair(new KeyValuePair("descriptors", 1_024L));

        String line = new String(lines.encode(event), StandardCharsets.UTF_8);

        assertThat(line).endsWith("}\n").hasLineCount(1);
        JsonNode read = new ObjectMapper().readTree(line);
        assertThat(read.properties().stream().map(entry -> entry.getKey()))
                .containsExactly("ts", "level", "logger", "msg", "version", "descriptors");
        assertThat(read.get("ts").asText()).isEqualTo("2026-05-01T09:00:00.250Z");
        assertThat(read.get("level").asText()).isEqualTo("WARN");
        assertThat(read.get("logger").asText()).isEqualTo("Bus");
        assertThat(read.get("msg").asText()).isEqualTo("told \"you\"\nso \u0001 größe");
        assertThat(read.get("version").asText()).isEqualTo("0.1.0");
        assertThat(read.get("descriptors").isNumber()).isTrue();
    }

    @Test
    void aStackTraceIsAField() throws Exception {
        byte[] line = lines.encode(event("failed", new IllegalStateException("why")));
        assertThat(new ObjectMapper().readTree(line).get("exception").asText())
                .startsWith("java.lang.IllegalStateException: why")
                .contains("at eu.sermas.bus.server.JsonLinesTest");
    }

    private LoggingEvent event(String message, @Nullable Throwable thrown) {
        LoggingEvent event =
                new LoggingEvent(
                        "",
                        context.getLogger("eu.sermas.bus.server.Bus"),
                        Level.WARN,
                        message,
                        thrown,
                        null);
        event.setInstant(Instant.parse("2026-05-01T09:00:00.250Z"));
        return event;
    }
}
