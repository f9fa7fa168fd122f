package eu.sermas.bus.systemtest.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;

import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// One line of `malformed.txt`.
record HostileCase(
        String name, String clause, Version version, Phase phase, byte[] bytes, Reaction reaction) {

    /// Where in the life of a connection the bytes come.
    enum Phase {
        FIRST,
        LATER
    }

    static List<HostileCase> all() {
        try (var in = HostileCase.class.getResourceAsStream("malformed.txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(HostileCase::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HostileCase parse(String line) {
        var columns = line.split(" \\| ", -1);
        if (columns.length != 6) {
            throw new IllegalArgumentException(
                    "%d columns (expected: 6): %s".formatted(columns.length, line));
        }
        return new HostileCase(
                columns[0],
                columns[1],
                version(columns[2]),
                Phase.valueOf(columns[3].toUpperCase(Locale.ROOT)),
                Notation.parse(columns[4]),
                Reaction.parse(columns[5]));
    }

    private static Version version(String text) {
        return switch (text) {
            case "3.1.1" -> Version.V311;
            case "5" -> Version.V5;
            default -> throw new IllegalArgumentException("version: " + text);
        };
    }

    /// Does it, and expects the reaction.
    ///
    /// @param client a connection on which nothing was sent
    void playOn(RawClient client, String clientId) {
        if (phase == Phase.LATER) {
            client.connect(version == Version.V5 ? Connect.v5(clientId) : Connect.v311(clientId));
        }
        client.reading(version).send(bytes);
        reaction.expectOf(client);
    }

    @Override
    public String toString() {
        return "%s, %s: %s [%s]".formatted(version, phase, name, clause);
    }
}
