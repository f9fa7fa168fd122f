package eu.sermas.bus.systemtest.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.regex.Pattern;

/// One normative statement of a specification, in words of our own.
///
/// @param version `5.0` or `3.1.1`
/// @param id as in `MQTT-3.1.0-1`; the same id means different things in the two versions
/// @param binds `server`, `client` or `both`
/// @param untestable why nothing of it can be seen from outside; empty where it has to be proved
record Statement(String version, String id, String binds, String untestable, String words) {

    /// Every statement there is, in the order of the specifications.
    static final List<Statement> ALL = load();

    private static final Pattern SECTION = Pattern.compile("MQTT-(\\d+)[.-](\\d+)\\..*");

    boolean isTestable() {
        return untestable.isEmpty();
    }

    /// Chapter and section, as in `3.1`.
    String section() {
        var matcher = SECTION.matcher(id);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("id: " + id + " (expected: MQTT-x.y.z-n)");
        }
        return matcher.group(1) + "." + matcher.group(2);
    }

    Key key() {
        return new Key(version, id);
    }

    /// What makes a statement unique.
    record Key(String version, String id) implements Comparable<Key> {

        @Override
        public int compareTo(Key other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return version + " " + id;
        }
    }

    private static List<Statement> load() {
        var stream = requireNonNull(Statement.class.getResourceAsStream("statements.tsv"));
        try (var reader = new BufferedReader(new InputStreamReader(stream, UTF_8))) {
            return reader.lines().skip(1).map(Statement::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Statement parse(String line) {
        var fields = line.split("\t", -1);
        return new Statement(fields[0], fields[1], fields[2], fields[3], fields[4]);
    }
}
