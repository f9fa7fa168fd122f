package eu.sermas.bus.broker;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.Collection;
import java.util.stream.Collectors;

/// The little JSON that the broker itself writes.
final class JsonText {

    private JsonText() {}

    /// The text as a JSON string.
    static String quote(String text) {
        return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
    }

    /// The texts as a JSON array of strings.
    static String quoteAll(Collection<String> texts) {
        return texts.stream().map(JsonText::quote).collect(Collectors.joining(",", "[", "]"));
    }
}
