package eu.sermas.bus.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Catalogue;
import eu.sermas.bus.access.Grants;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.rest.documents.OpenApi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// `docs/rights.md` says of each grant which topics and routes it opens, as the catalogue and the
/// routes themselves have it. With `-Drights.update=true` the table is written anew.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RightsDocumentTest {

    private static final Path DOCUMENT = Path.of("../docs/rights.md");
    private static final String HEAD =
            "| grant | topics below `app/{appId}/` | routes |\n|---|---|---|\n";

    /// The sets of topics and routes of one grant.
    private record Opened(Set<String> topics, Set<String> routes) {}

    @AutoClose private Platform platform;

    @BeforeAll
    void start() throws Exception {
        platform = new Platform();
    }

    @Test
    void theTableIsWhatTheCodeDoes() throws Exception {
        String table = table();
        String text = Files.readString(DOCUMENT);
        if (Boolean.getBoolean("rights.update")) {
            int begin = text.indexOf(HEAD);
            int end = text.indexOf("\n\n", begin) + 1;
            Files.writeString(DOCUMENT, text.substring(0, begin) + table + text.substring(end));
        }
        assertThat(Files.readString(DOCUMENT)).contains("\n\n" + table + "\n");
    }

    private String table() {
        Map<String, Opened> grants = new TreeMap<>();
        Catalogue.standard()
                .entries()
                .forEach(
                        entry -> {
                            String grant = entry.resource() + "." + entry.scope();
                            topic(grant, entry.template())
                                    .ifPresent(opened(grants, grant).topics()::add);
                        });
        JsonNode paths = OpenApi.of(platform.api.resources(), "1").path("paths");
        paths.properties()
                .forEach(
                        path ->
                                path.getValue()
                                        .properties()
                                        .forEach(method -> add(grants, path.getKey(), method)));
        StringBuilder rows = new StringBuilder(HEAD);
        grants.forEach(
                (grant, opened) ->
                        rows.append("| `")
                                .append(grant)
                                .append("` | ")
                                .append(String.join(", ", opened.topics()))
                                .append(" | ")
                                .append(String.join(", ", opened.routes()))
                                .append(" |\n"));
        return rows.toString();
    }

    private static void add(
            Map<String, Opened> grants, String path, Map.Entry<String, JsonNode> method) {
        JsonNode grant = method.getValue().path("x-required-grant");
        if (grant.isTextual()) {
            opened(grants, grant.asText())
                    .routes()
                    .add("`" + method.getKey().toUpperCase(Locale.ROOT) + " " + path + "`");
        }
    }

    private static Opened opened(Map<String, Opened> grants, String grant) {
        return grants.computeIfAbsent(grant, _ -> new Opened(new TreeSet<>(), new TreeSet<>()));
    }

    /// With a note where its holder may read and not publish; nothing where neither.
    private static Optional<String> topic(String grant, String template) {
        AccessRights rights = AccessRights.granted(Set.of("A"), Grants.of(List.of(grant)), "u");
        String name =
                Arrays.stream(template.split("/", -1))
                        .map(level -> level.equals(":appId") ? "A" : level.replaceAll("^:", ""))
                        .collect(Collectors.joining("/"));
        String shown = template.replaceFirst("^app/:appId/", "").replaceAll(":(\\w+)", "{$1}");
        boolean published = rights.mayPublish(Topic.of(name)).isAllowed();
        return rights.maySubscribe(TopicFilter.of(name)).isAllowed()
                ? Optional.of("`" + shown + "`" + (published ? "" : " (read)"))
                : Optional.empty();
    }
}
