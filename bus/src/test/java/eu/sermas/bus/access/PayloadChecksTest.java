package eu.sermas.bus.access;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.json.JsonLimits;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadChecksTest {

    private static final PayloadChecks CHECKS =
            PayloadChecks.of(
                    List.of(
                            choice("app/quiet/#", null),
                            choice("app/+/dialogue/#", PayloadCheck.Mode.REJECT),
                            choice("app/+/ui/#", PayloadCheck.Mode.OBSERVE)),
                    LiveCatalogue.standard());

    private static PayloadChecks.Choice choice(String filter, PayloadCheck.@Nullable Mode mode) {
        return new PayloadChecks.Choice(TopicFilter.of(filter), mode);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
                    app/a/dialogue/messages/s1           | REJECT
                    app/a/dialogue/tool/not-matching     | REJECT
                    app/a/ui/content                     | OBSERVE
                    app/a/dialogue/user-speech/s/c       | -
                    app/a/dialogue/speech/s/m/c          | -
                    app/a/dialogue/nowhere               | -
                    app/quiet/dialogue/messages/s1       | -
                    app/a/robotics/move                  | -
                    """)
    void theFirstRuleThatMatchesHoldsForTopicsOfJson(
            String topic, PayloadCheck.@Nullable Mode mode) {
        PayloadCheck check = CHECKS.of(Topic.of(topic));
        assertThat(check == null ? null : check.mode()).isEqualTo(mode);
        assertThat(PayloadChecks.NONE.of(Topic.of(topic))).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            value = {
                "{'appId':'a','text':'hi'}                         | -",
                "{'appId':'a','text':'hi','more':[1,2]}            | -",
                "{'appId':'a','text':5}                            | payload at '/text':",
                "{'appId':'a','text':'hi','actor':'robot'}         | payload at '/actor':",
                "{'appId':'a'}                                     | payload at '':",
                "[]                                                | payload at '':",
                "{'appId':                                         | payload: not JSON, at byte",
                "{} {}                                             | payload: not JSON, at byte",
                "``                                                | payload: empty"
            })
    void saysWhereAPayloadIsNotWhatItShouldBe(String json, @Nullable String violation) {
        String found = dialogue().violation(bytes(json.replace('\'', '"')));
        if (violation == null) {
            assertThat(found).isNull();
        } else {
            assertThat(found).startsWith(violation);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32BE", "UTF-32LE"})
    void jsonIsUtf8WithoutAByteOrderMark(String charset) {
        String json = "{\"appId\":\"a\",\"text\":\"hi\"}";
        assertThat(dialogue().violation(json.getBytes(Charset.forName(charset))))
                .isEqualTo("payload: not JSON, at byte 0");
        assertThat(dialogue().violation(bytes("\uFEFF" + json)))
                .isEqualTo("payload: not JSON, at byte 0");
    }

    @Test
    void whatIsTooLargeOrTooDeepDoesNotPass() {
        assertThat(dialogue().violation(new byte[PayloadCheck.MAX_BYTES + 1]))
                .isEqualTo("payload: 262145 bytes (expected: at most 262144)");
        int depth = JsonLimits.PAYLOAD.depth() + 1;
        assertThat(dialogue().violation(bytes("[".repeat(depth) + "]".repeat(depth))))
                .startsWith("payload: not JSON");
    }

    @Test
    void whatIsSaidOfAForeignPayloadIsOneLine() {
        String found =
                dialogue()
                        .violation(
                                bytes("{\"appId\":\"a\",\"text\":\"t\",\"actor\":\"\\n\\u001b\"}"));
        assertThat(Objects.requireNonNull(found)).matches("[ -~]{1,200}");
    }

    private static PayloadCheck dialogue() {
        return Objects.requireNonNull(CHECKS.of(Topic.of("app/a/dialogue/messages/s1")));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
