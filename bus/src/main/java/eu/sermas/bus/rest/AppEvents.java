package eu.sermas.bus.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Publishes what callers bring over REST in the envelope that clients of the platform know: JSON
/// with `appId` and `ts`, and who it came from; QoS 0, not retained.
final class AppEvents {

    /// What happened to a record.
    enum Operation {
        CREATED,
        UPDATED,
        DELETED
    }

    private final Function<Message, CompletionStage<Void>> publisher;
    private final InstantSource clock;

    /// @param publisher publishes in the name of the platform
    AppEvents(Function<Message, CompletionStage<Void>> publisher, InstantSource clock) {
        this.publisher = publisher;
        this.clock = clock;
    }

    /// The body with an app that the caller may act on.
    ///
    /// @throws Refused 400 without an app, 403 for an app or a right that the caller has not
    ObjectNode checked(Caller caller, Access access, ObjectNode body) {
        caller.require(access, required(body, "appId"));
        return stamped(caller, body);
    }

    /// The same with the app of the path, which wins over the one in the body.
    ObjectNode checked(Caller caller, Access access, ObjectNode body, String appId) {
        return checked(caller, access, body.deepCopy().put("appId", appId));
    }

    private ObjectNode stamped(Caller caller, ObjectNode body) {
        ObjectNode event = body.deepCopy();
        fill(event, "clientId", caller.principal().clientId());
        fill(event, "userId", caller.principal().userId());
        fill(event, "ts", now());
        return event;
    }

    /// As clients of the platform write times: ISO 8601 with milliseconds.
    String now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static void fill(ObjectNode event, String field, @Nullable String value) {
        if (value != null && !event.hasNonNull(field)) {
            event.put(field, value);
        }
    }

    /// @param levels behind `app/{appId}/`
    /// @param event with an `appId`
    void publish(ObjectNode event, String... levels) {
        String path = String.join("/", levels);
        Topic topic = Topic.of("app/" + event.path("appId").asText() + "/" + path);
        byte[] payload = Json.write(event);
        LocalClients.await(publisher.apply(Message.of(topic, payload, QoS.AT_MOST_ONCE)));
    }

    /// An event about a record, with the envelope of the record.
    ObjectNode changed(Operation operation, ObjectNode record) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        for (String field : new String[] {"appId", "clientId", "userId", "sessionId", "ts"}) {
            if (record.has(field)) {
                event.set(field, record.get(field));
            }
        }
        event.put("operation", operation.name().toLowerCase(Locale.ROOT));
        event.set("record", record);
        return event;
    }

    /// A text of the body that must be there.
    static String required(ObjectNode body, String field) {
        JsonNode value = body.path(field);
        if (value.isMissingNode() || value.isNull() || value.asText().isEmpty()) {
            throw Refused.badRequest(field + " missing");
        }
        if (!value.isTextual()) {
            throw Refused.badRequest(field + ": expected a string");
        }
        return value.asText();
    }

    /// A name that becomes one level of a topic.
    static String level(String field, String name) {
        boolean fits =
                !name.isEmpty()
                        && name.length() <= 256
                        && name.chars()
                                .noneMatch(
                                        c ->
                                                c == '/'
                                                        || c == '+'
                                                        || c == '#'
                                                        || Character.isISOControl(c));
        if (!fits) {
            throw Refused.badRequest(
                    field + ": expected 1..256 characters without '/', '+' and '#'");
        }
        return name;
    }
}
