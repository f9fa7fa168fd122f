package eu.sermas.bus.inspect;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import eu.sermas.bus.json.JsonLimits;
import eu.sermas.bus.store.Store.Family;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.HexFormat;

/// Where the rows go, one a line as soon as it is known, so that a large data directory needs no
/// memory; and the records that could not be read.
public final class Report {

    private static final ObjectMapper MAPPER =
            JsonLimits.OWN
                    .mapper()
                    .defaultPropertyInclusion(
                            JsonInclude.Value.construct(
                                    JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
                    .build();

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean json;
    private long damaged;

    /// @param err is told of each record that cannot be read
    /// @param json whether each line is a JSON object
    public Report(PrintWriter out, PrintWriter err, boolean json) {
        this.out = out;
        this.err = err;
        this.json = json;
    }

    /// @return true
    boolean add(Row row) {
        out.println(json ? toJson(row) : row.text());
        return true;
    }

    /// There are more rows than were to be shown.
    void cut(int limit) {
        err.println("there are more: --limit " + limit);
    }

    private static String toJson(Row row) {
        try {
            return MAPPER.writeValueAsString(row);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    void damaged(Family family, byte[] key, RuntimeException problem) {
        damaged++;
        err.println(
                "damaged record, left out: %s %s: %s"
                        .formatted(family, HexFormat.of().formatHex(key), problem.getMessage()));
    }

    /// How many records could not be read.
    public long damaged() {
        return damaged;
    }
}
