package eu.sermas.bus.systemtest.conformance;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// The statements with their tests and results as Markdown, in the order of the specifications.
final class ConformanceDocument {

    static final Path PATH =
            Path.of(System.getProperty("project.root", "..")).resolve("docs/conformance.md");

    private static final String HEAD =
            """
            # Conformance

            Every normative statement of MQTT 5.0 and MQTT 3.1.1, in short words, with the tests \
            that prove it over
            a socket (package `eu.sermas.bus.systemtest.conformance`) and their result. Statements \
            of which nothing
            can be seen from outside a server are listed with the reason.

            Written by `mvn verify -Dconformance.update=true`; do not edit.
            """;

    /// @param result of the worst test, or why there is none
    private record Row(Statement statement, List<String> tests, String result) {

        String markdown() {
            var shown =
                    tests.isEmpty()
                            ? statement.untestable()
                            : tests.stream().collect(joining("`<br>`", "`", "`"));
            return "| %s | %s | %s | %s |\n"
                    .formatted(statement.id(), statement.words(), shown, result);
        }
    }

    private ConformanceDocument() {}

    /// @param resultOf the result of a test by its name
    static String render(UnaryOperator<String> resultOf) {
        return HEAD
                + chapter("MQTT 5.0", rows("5.0", resultOf))
                + chapter("MQTT 3.1.1", rows("3.1.1", resultOf));
    }

    private static List<Row> rows(String version, UnaryOperator<String> resultOf) {
        var tests = Proof.byStatement();
        return Statement.ALL.stream()
                .filter(statement -> statement.version().equals(version))
                .map(s -> row(s, tests.getOrDefault(s.key(), List.of()), resultOf))
                .toList();
    }

    private static Row row(
            Statement statement, List<String> tests, UnaryOperator<String> resultOf) {
        var result = tests.stream().map(resultOf).reduce(ConformanceReport::worse);
        var without = statement.isTestable() ? "no test" : "not testable";
        return new Row(statement, tests, result.orElse(without));
    }

    private static String chapter(String title, List<Row> rows) {
        var out = new StringBuilder("\n## " + title + "\n\n").append(summary(rows));
        rows.stream()
                .collect(groupingBy(row -> row.statement().section(), LinkedHashMap::new, toList()))
                .forEach((section, table) -> out.append(table(section, table)));
        return out.toString();
    }

    private static String summary(List<Row> rows) {
        return rows.stream()
                .collect(groupingBy(Row::result, TreeMap::new, counting()))
                .entrySet()
                .stream()
                .map(count -> count.getValue() + " " + count.getKey())
                .collect(joining(", ", "Statements: ", ".\n"));
    }

    private static String table(String section, List<Row> rows) {
        var version = rows.getFirst().statement().version();
        return rows.stream()
                .map(Row::markdown)
                .collect(
                        joining(
                                "",
                                "\n### "
                                        + section
                                        + " "
                                        + Sections.title(version, section)
                                        + "\n\n"
                                        + "| Statement | In short | Tests | Result |\n"
                                        + "|---|---|---|---|\n",
                                ""));
    }
}
