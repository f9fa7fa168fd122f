package eu.sermas.bus.rest.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.Json;
import eu.sermas.bus.rest.http.Refused;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.Map;

/// What a Mosquitto with go-auth in its remote JWT mode asks, for those who keep one: 2xx is yes,
/// 4xx is no. The Bearer token is that of the MQTT client, so a caller learns nothing but what the
/// holder of the token may do anyway.
@Path("api/mqtt")
public final class GoAuthResource {

    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int SUBSCRIBE = 4;
    private static final int UNSUBSCRIBE = 8;

    /// Whether the token is good; the guard has found that it is.
    @POST
    @Path("auth")
    @Needs(Access.TOKEN)
    public void auth() {}

    /// Whether its holder may do everything.
    @POST
    @Path("auth/su")
    @Needs(Access.TOKEN)
    public void superuser(@Context Caller caller) {
        if (caller.principal().kind() != Principal.Kind.SYSTEM) {
            throw Refused.forbidden(Rule.MISSING_ROLE, "not a system client");
        }
    }

    /// Whether its holder may use a topic.
    ///
    /// @param body a form or JSON with `acc`, `clientid` and `topic`
    @POST
    @Path("acl")
    @Needs(Access.TOKEN)
    public void acl(@Context Caller caller, byte[] body) {
        try {
            Map<String, String> asked = parameters(new String(body, UTF_8));
            String topic = asked.getOrDefault("topic", "");
            caller.require(verdict(caller.rights(), asked.getOrDefault("acc", ""), topic));
        } catch (IllegalArgumentException e) {
            throw Refused.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static Verdict verdict(AccessRights rights, String access, String topic) {
        return switch (access) {
            case "" + READ, "" + SUBSCRIBE -> rights.maySubscribe(TopicFilter.of(topic));
            case "" + WRITE -> rights.mayPublish(Topic.of(topic));
            case "" + (READ + WRITE) -> {
                Verdict read = rights.maySubscribe(TopicFilter.of(topic));
                yield read.isAllowed() ? rights.mayPublish(Topic.of(topic)) : read;
            }
            case "" + UNSUBSCRIBE -> Verdict.ALLOWED;
            default ->
                    throw new IllegalArgumentException(
                            "acc: '" + access + "' (expected: 1, 2, 3, 4 or 8)");
        };
    }

    private static Map<String, String> parameters(String body) {
        Map<String, String> parameters = new HashMap<>();
        if (body.startsWith("{")) {
            JsonNode json = (JsonNode) Json.read(body.getBytes(UTF_8), JsonNode.class);
            json.properties()
                    .forEach(entry -> parameters.put(entry.getKey(), entry.getValue().asText()));
            return parameters;
        }
        for (String pair : body.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), UTF_8));
            }
        }
        return parameters;
    }
}
