package eu.sermas.bus.cli.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import eu.sermas.bus.json.JsonLimits;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Shows what the bus has answered: as a table, line by line, or as JSON.
final class Answers {

    private static final JsonMapper JSON = JsonLimits.OWN.mapper().build();
    private static final String GAP = "  ";

    private final PrintWriter out;
    private final boolean json;

    Answers(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /// Objects, a line each.
    ///
    /// @param columns names of fields; `a.b` is field `b` of field `a`
    void table(JsonNode rows, String... columns) {
        if (json) {
            print(rows);
            return;
        }
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of(columns).stream().map(Answers::heading).toList());
        for (JsonNode row : rows) {
            lines.add(List.of(columns).stream().map(column -> text(row, column)).toList());
        }
        int[] widths = new int[columns.length];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(line.get(i)));
            }
        }
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                text.append(line.get(i)).repeat(' ', widths[i] - width(line.get(i))).append(GAP);
            }
            out.println(text.toString().stripTrailing());
        }
        out.flush();
    }

    /// One object, a line for each field, those of objects in it as `a.b`; or the elements of a
    // list.
    void object(JsonNode object) {
        if (json) {
            if (!object.isMissingNode()) {
                print(object);
            }
            return;
        }
        if (object.isObject()) {
            fields("", object);
        } else if (object.isArray()) {
            object.forEach(element -> out.println(text(element)));
        }
        out.flush();
    }

    private void fields(String prefix, JsonNode object) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            String name = prefix + field.getKey();
            if (field.getValue().isObject()) {
                fields(name + ".", field.getValue());
            } else {
                out.println(name + ": " + text(field.getValue()));
            }
        }
    }

    /// What was done, where the bus has nothing to say to it.
    void done(String what) {
        if (!json) {
            out.println(what);
            out.flush();
        }
    }

    private void print(JsonNode node) {
        try {
            out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node));
            out.flush();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that cannot be written", e);
        }
    }

    /// `tokenLifetime` becomes `TOKEN LIFETIME`.
    private static String heading(String column) {
        return column.replace('.', ' ')
                .replaceAll("([a-z])([A-Z])", "$1 $2")
                .toUpperCase(Locale.ROOT);
    }

    private static String text(JsonNode row, String column) {
        JsonNode found = row.at("/" + column.replace('.', '/'));
        String text = text(found);
        return text.isEmpty() ? "-" : text;
    }

    /// A list as its elements, an object as JSON, and nothing that moves the cursor.
    private static String text(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (value.isArray()) {
            List<String> elements = new ArrayList<>();
            value.forEach(element -> elements.add(text(element)));
            return String.join(",", elements);
        }
        String text = value.isValueNode() ? value.asText() : value.toString();
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
