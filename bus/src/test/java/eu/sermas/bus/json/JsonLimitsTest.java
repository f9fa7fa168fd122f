package eu.sermas.bus.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JsonLimitsTest {

    private static final JsonLimits LIMITS = new JsonLimits(3, 20, 1_000);

    static Stream<Named<String>> beyond() {
        return Stream.of(
                Named.of("depth", "[[[[]]]]"),
                Named.of("tokens", "[" + "1,".repeat(20) + "1]"),
                Named.of("string", "\"" + "x".repeat(100_000) + "\""),
                Named.of("number", "1" + "0".repeat(JsonLimits.LONGEST_NUMBER)),
                Named.of("fraction", "0." + "1".repeat(2 * JsonLimits.LONGEST_NUMBER)),
                Named.of("name", "{\"" + "x".repeat(JsonLimits.LONGEST_NAME + 1) + "\":1}"),
                Named.of("two values", "1 2"),
                Named.of("no end", "[1"));
    }

    @ParameterizedTest
    @MethodSource("beyond")
    void whatIsBeyondALimitIsNotRead(String text) {
        JsonMapper mapper = LIMITS.mapper().build();
        assertThatThrownBy(() -> mapper.readTree(text)).isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void yamlIsFollowedNoFurther() {
        YAMLMapper mapper = LIMITS.yaml().build();
        for (String text : List.of("[[[[]]]]", "[" + "1,".repeat(20) + "1]", "1\n---\n2")) {
            assertThatThrownBy(() -> mapper.readTree(text))
                    .isInstanceOf(JsonProcessingException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("beyond")
    void aCheckSaysTheSameWithoutBuildingAnything(String text) {
        assertThatThrownBy(() -> LIMITS.check(text)).isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void whatIsWithinIsRead() throws Exception {
        String text = "{\"a\":[[1.5e3,\"0123456789\",true,null]]}";
        LIMITS.check(text);
        assertThat(LIMITS.mapper().build().readTree(text))
                .isEqualTo(LIMITS.yaml().build().readTree(text));
    }
}
