package eu.sermas.bus.systemtest.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/// List, tests and document say the same.
class StatementsTest {

    private final Set<Statement.Key> known =
            Statement.ALL.stream().map(Statement::key).collect(Collectors.toSet());

    @Test
    void everyStatementIsListedOnce() {
        assertThat(Statement.ALL).hasSize(392).extracting(Statement::key).doesNotHaveDuplicates();
        assertThat(Statement.ALL).allSatisfy(s -> assertThat(s.section()).isNotEmpty());
    }

    @Test
    void everyTestableStatementHasATest() {
        var proved = Proof.byStatement().keySet();

        assertThat(Statement.ALL)
                .filteredOn(Statement::isTestable)
                .extracting(Statement::key)
                .allSatisfy(key -> assertThat(proved).contains(key));
    }

    @Test
    void noTestCarriesAnUnknownStatement() {
        assertThat(Proof.ALL)
                .allSatisfy(p -> assertThat(known).as(p.name()).contains(p.statement()));
    }

    @Test
    void whatCarriesAStatementIsATest() {
        assertThat(Proof.ALL)
                .allMatch(
                        p ->
                                Stream.of(Test.class, ParameterizedTest.class)
                                        .anyMatch(p.test()::isAnnotationPresent),
                        "is a test");
    }

    @Test
    void theDocumentListsTheSameStatementsAndTests() throws IOException {
        assumeFalse(Boolean.getBoolean("conformance.update"), "it is being written anew");
        var document = Files.readString(ConformanceDocument.PATH);

        assertThat(withoutResults(document))
                .as("docs/conformance.md; mvn verify -Dconformance.update=true writes it anew")
                .isEqualTo(
                        withoutResults(ConformanceDocument.render(_ -> ConformanceReport.PASSED)));
    }

    private static String withoutResults(String document) {
        return document.replaceAll("(?m)\\| [a-z ]+ \\|$", "")
                .replaceAll("(?m)^Statements: .*$", "");
    }
}
