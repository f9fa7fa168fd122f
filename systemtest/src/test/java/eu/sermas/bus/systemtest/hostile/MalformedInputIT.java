package eu.sermas.bus.systemtest.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.ConformanceBus.Kind;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Version;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every line of `malformed.txt`. The healthy clients are the same from the first to the last, and
/// exchange a message behind each.
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit calls connect() first
class MalformedInputIT extends Section {

    private static final int AT_LEAST = 150;

    private HealthyClients healthy;

    @BeforeAll
    void connect() {
        healthy = HealthyClients.connect(BUS.port(Kind.OPEN), name("malformed"));
    }

    @AfterAll
    void disconnect() {
        healthy.close();
    }

    static List<HostileCase> cases() {
        return HostileCase.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void endsItsOwnConnectionOnly(HostileCase malformed) {
        malformed.playOn(open(), name("c"));
        healthy.exchange();
    }

    @Test
    void thereAreManyForEachVersion() {
        assertThat(cases().stream().filter(c -> c.version() == Version.V5))
                .hasSizeGreaterThan(AT_LEAST);
        assertThat(cases()).hasSizeGreaterThan(AT_LEAST);
        assertThat(cases()).extracting(HostileCase::toString).doesNotHaveDuplicates();
    }
}
