package eu.sermas.bus.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is counted for a tree, beside what the thread that builds it allocates: the tree and all
/// that it needs on the way.
class JsonCostTest {

    private static final int UNITS = 20_000;
    private static final JsonMapper MAPPER = JsonLimits.BODY.mapper().build();

    static Stream<Named<String>> texts() {
        return Stream.of(
                        "{}",
                        "[]",
                        "1",
                        "123456",
                        "12345678901234567890123",
                        "1.5",
                        "\"\"",
                        "\"a\"",
                        "\"ab\u00e9\"",
                        "\"a\u4e2d\"",
                        "null",
                        "{\"a\":1}",
                        "{\"\":{}}",
                        "{\"a\":{\"b\":{\"c\":[]}}}",
                        "[[[[[[]]]]]]",
                        "{\"a\":1,\"b\":2,\"c\":3}",
                        "{\"a\":\"b\"}")
                .map(unit -> Named.of(unit, "[" + (unit + ",").repeat(UNITS) + unit + "]"));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void noTreeCostsMoreThanIsCounted(String text) throws Exception {
        byte[] bytes = text.getBytes(UTF_8);
        assertThat(allocatedBy(bytes)).isLessThan(JsonCost.of(MAPPER, bytes, Long.MAX_VALUE));
    }

    @Test
    void aLongStringIsGatheredOnTheWay() throws Exception {
        for (String unit : new String[] {"x", "\u00e9", "\u4e2d"}) {
            byte[] bytes = ("[\"" + unit.repeat(2_000_000) + "\"]").getBytes(UTF_8);
            assertThat(allocatedBy(bytes)).isLessThan(JsonCost.of(MAPPER, bytes, Long.MAX_VALUE));
        }
    }

    @Test
    void whatIsTooMuchIsNotReadToItsEnd() throws Exception {
        byte[] bytes = ("[" + "{},".repeat(UNITS) + "no JSON").getBytes(UTF_8);
        assertThat(JsonCost.of(MAPPER, bytes, 200_000)).isGreaterThan(200_000);
    }

    private static long allocatedBy(byte[] text) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        MAPPER.readTree(text); // what is made once
        long before = threads.getCurrentThreadAllocatedBytes();
        JsonNode tree = MAPPER.readTree(text);
        long after = threads.getCurrentThreadAllocatedBytes();
        assertThat(tree.isArray()).isTrue();
        return after - before;
    }
}
