package eu.sermas.bus.systemtest.conformance;

import eu.sermas.bus.systemtest.raw.Type;
import java.util.Map;

/// The titles of the sections that hold normative statements.
final class Sections {

    private static final Map<String, String> SHARED =
            Map.of(
                    "1.5", "Data representation",
                    "4.1", "Session state",
                    "4.3", "Quality of service",
                    "4.4", "Delivery again after a reconnect",
                    "4.5", "Receipt of messages",
                    "4.6", "Order of messages",
                    "4.7", "Topic names and topic filters",
                    "6.0", "WebSocket");

    private static final Map<String, String> MQTT5 =
            Map.of(
                    "2.1", "Fixed header",
                    "2.2", "Variable header",
                    "4.2", "Network connections",
                    "4.8", "Shared subscriptions",
                    "4.9", "Flow control",
                    "4.12", "Enhanced authentication",
                    "4.13", "Handling of errors");

    private static final Map<String, String> MQTT311 =
            Map.of(
                    "2.2", "Fixed header",
                    "2.3", "Variable header",
                    "4.8", "Handling of errors",
                    "7.0", "Conformance",
                    "7.1", "Conformance of servers and clients");

    private Sections() {}

    /// @throws IllegalArgumentException where the section is unknown
    static String title(String version, String section) {
        if (section.startsWith("3.")) {
            return Type.values()[Integer.parseInt(section.substring(2))].name();
        }
        var own = (version.equals("5.0") ? MQTT5 : MQTT311).get(section);
        var title = own == null ? SHARED.get(section) : own;
        if (title == null) {
            throw new IllegalArgumentException("no title for section " + section);
        }
        return title;
    }
}
