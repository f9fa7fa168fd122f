package eu.sermas.bus.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import eu.sermas.bus.access.Catalogue;
import eu.sermas.bus.access.CatalogueAddition;
import eu.sermas.bus.access.InvalidTopicsException;
import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.json.JsonLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads the files that the configuration names for the catalogue of topics.
final class CatalogueFiles {

    private static final Set<String> FIELDS = Set.of("version", "topics", "$defs");

    /// JSON is YAML too.
    private static final YAMLMapper YAML = JsonLimits.OWN.yaml().build();

    private CatalogueFiles() {}

    /// @throws IllegalArgumentException with one line that names the file and what is wrong with it
    static void enter(LiveCatalogue catalogue, List<Path> files) {
        for (Path file : files) {
            String owner = ownerOf(file);
            List<CatalogueAddition> added =
                    List.of(new CatalogueAddition(owner, null, content(file)));
            try {
                catalogue.check(owner, added);
            } catch (InvalidTopicsException e) {
                throw invalid(file, e.getMessage());
            }
            catalogue.replace(owner, added);
        }
    }

    /// Takes out what a file had brought in.
    static void leave(LiveCatalogue catalogue, Path file) {
        catalogue.replace(ownerOf(file), List.of());
    }

    private static String ownerOf(Path file) {
        return "file " + file;
    }

    private static JsonNode content(Path file) {
        JsonNode content = parse(file);
        if (!content.isObject()) {
            throw invalid(file, "(expected: a mapping with version, topics and $defs)");
        }
        List<String> unknown = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : content.properties()) {
            if (!FIELDS.contains(field.getKey())) {
                unknown.add(field.getKey());
            }
        }
        if (!unknown.isEmpty()) {
            throw invalid(
                    file, unknown.getFirst() + ": unknown (expected: version, topics, $defs)");
        }
        JsonNode version = content.path("version");
        if (version.asInt(-1) != Catalogue.FORMAT) {
            String found = version.isMissingNode() ? "missing" : version.toString();
            throw invalid(file, "version: " + found + " (expected: " + Catalogue.FORMAT + ")");
        }
        return content;
    }

    private static JsonNode parse(Path file) {
        try {
            return YAML.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw invalid(file, "not YAML, at line " + line);
        } catch (IOException _) {
            throw invalid(file, "unreadable (expected: a readable file)");
        }
    }

    private static IllegalArgumentException invalid(Path file, String problem) {
        return new IllegalArgumentException("catalogue.files: " + file + ": " + problem);
    }
}
