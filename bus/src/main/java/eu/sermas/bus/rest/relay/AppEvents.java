package eu.sermas.bus.rest.relay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.PlatformVoice;
import eu.sermas.bus.broker.LocalClient;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Printable;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.events.LocalClients;
import eu.sermas.bus.rest.http.Json;
import eu.sermas.bus.rest.http.Refused;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Publishes what callers bring over REST in the envelope that clients of the platform know: JSON
/// with `appId` and `ts`, and who it came from; QoS 0, not retained.
///
/// It goes through the door of everybody: rights, quotas, checks of payloads and the verified
/// sender are those of a message that the caller publishes over MQTT, and so is what is refused.
public final class AppEvents {

    /// What happened to a record.
    enum Operation {
        CREATED,
        UPDATED,
        DELETED
    }

    private final LocalClients clients;
    private final InstantSource clock;

    public AppEvents(LocalClients clients, InstantSource clock) {
        this.clients = clients;
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
        identify(caller, event);
        if (!event.hasNonNull("ts")) {
            event.put("ts", now());
        }
        return event;
    }

    /// Says who it comes from, as the token does. Administrators and the system's own clients may
    /// speak for others.
    void identify(Caller caller, ObjectNode event) {
        identify(caller, event, "clientId", caller.principal().clientId());
        identify(caller, event, "userId", caller.principal().userId());
    }

    private static void identify(
            Caller caller, ObjectNode event, String field, @Nullable String value) {
        if (caller.principal().isPlatformAdmin() && event.hasNonNull(field)) {
            return;
        }
        if (value == null) {
            event.remove(field);
        } else {
            event.put(field, value);
        }
    }

    /// As clients of the platform write times: ISO 8601 with milliseconds.
    String now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /// Publishes as the caller.
    ///
    /// @param levels behind `app/{appId}/`
    /// @param event with an `appId`
    /// @throws Refused for the same reasons as a message over MQTT
    void publish(Caller caller, ObjectNode event, String... levels) {
        publish(caller.login(), event, levels);
    }

    /// Tells in the name of the platform what the caller has done, on a topic where nobody else
    /// publishes: their right to do it was asked before, the rest is as above.
    void tell(Caller caller, ObjectNode event, String... levels) {
        Login login = caller.login();
        publish(login.withRights(new PlatformVoice(login.rights())), event, levels);
    }

    private void publish(Login login, ObjectNode event, String... levels) {
        String path = String.join("/", levels);
        Topic topic = Topic.of("app/" + event.path("appId").asText() + "/" + path);
        Message message = Message.of(topic, Json.write(event), QoS.AT_MOST_ONCE);
        LocalClient client = clients.connect(login, LocalClient.DEAF);
        try {
            LocalClients.require(LocalClients.await(client.tell(message)));
        } finally {
            client.close();
        }
    }

    /// An event about a record that the caller has changed.
    ObjectNode changed(Caller caller, Operation operation, ObjectNode record) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        for (String field : new String[] {"appId", "clientId", "userId", "sessionId", "ts"}) {
            if (record.has(field)) {
                event.set(field, record.get(field));
            }
        }
        identify(caller, event);
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
                        && name.chars().noneMatch(c -> c == '/' || c == '+' || c == '#');
        if (!fits) {
            throw Refused.badRequest(
                    field + ": expected 1..256 characters without '/', '+' and '#'");
        }
        String unfit = Printable.unfit(name);
        if (unfit != null) {
            throw Refused.badRequest(
                    field + ": contains " + unfit + " (expected: no control character)");
        }
        return name;
    }
}
