package eu.sermas.bus.rest.relay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.Dto;
import eu.sermas.bus.rest.http.Refused;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.util.List;
import java.util.UUID;

/// The agents of apps, as the heartbeats of their modules tell of them.
@Path("api/session/agent")
public final class AgentResource {

    private static final String READY = "ready";
    private static final int MAX_MODULES = 100;

    private final AppEvents events;
    private final AppRecords records;

    public AgentResource(AppEvents events, AppRecords records) {
        this.events = events;
        this.records = records;
    }

    /// A module of an agent is there, or not any more. Without an `agentId` it belongs to every
    /// agent of the app; an app without any gets its first.
    @POST
    @Needs(Access.SESSION_AGENT)
    public List<ObjectNode> heartbeat(
            @Context Caller caller, @Dto("AgentHeartBeatEventDto") ObjectNode body) {
        ObjectNode beat = events.checked(caller, Access.SESSION_AGENT, body);
        AppEvents.required(beat, "moduleId");
        AppEvents.required(beat, "status");
        AppRecords.OfApp app =
                records.of(caller, Access.SESSION_AGENT, beat.path("appId").asText());
        return app.inOrder(
                () -> idsOf(app, beat).stream().map(id -> beat(caller, app, id, beat)).toList());
    }

    private static List<String> idsOf(AppRecords.OfApp app, ObjectNode beat) {
        if (beat.hasNonNull("agentId")) {
            return List.of(AppEvents.level("agentId", AppEvents.required(beat, "agentId")));
        }
        List<AppRecords.Found> known = app.all(AppRecords.Kind.AGENT, _ -> true);
        return known.isEmpty()
                ? List.of(UUID.randomUUID().toString())
                : known.stream().map(agent -> agent.field("agentId")).toList();
    }

    private ObjectNode beat(Caller caller, AppRecords.OfApp app, String agentId, ObjectNode beat) {
        AppRecords.Found known = app.get(AppRecords.Kind.AGENT, agentId);
        ObjectNode agent = known == null ? JsonNodeFactory.instance.objectNode() : known.value();
        agent.put("agentId", agentId).set("appId", beat.path("appId"));
        for (String field : List.of("clientId", "userId", "ts")) {
            if (beat.has(field)) {
                agent.set(field, beat.get(field));
            }
        }
        ArrayNode modules = agent.withArray("modules");
        boolean newModule = replace(modules, beat);
        agent.put("status", statusOf(modules));
        app.put(caller, AppRecords.Kind.AGENT, agentId, agent)
                .tell(
                        () -> {
                            if (known == null) {
                                publish(caller, AppEvents.Operation.CREATED, agent, beat);
                            }
                            if (known != null || newModule) {
                                publish(caller, AppEvents.Operation.UPDATED, agent, beat);
                            }
                        });
        return agent;
    }

    /// @return whether the module is a new one
    private static boolean replace(ArrayNode modules, ObjectNode beat) {
        for (int i = 0; i < modules.size(); i++) {
            if (modules.get(i).path("moduleId").equals(beat.path("moduleId"))) {
                modules.set(i, beat);
                return false;
            }
        }
        if (modules.size() >= MAX_MODULES) {
            throw Refused.tooMany("modules of one agent: more than " + MAX_MODULES);
        }
        modules.add(beat);
        return true;
    }

    /// An agent is as ready as the least ready of its modules.
    private static String statusOf(ArrayNode modules) {
        for (JsonNode module : modules) {
            if (!module.path("status").asText().equals(READY)) {
                return module.path("status").asText();
            }
        }
        return READY;
    }

    private void publish(
            Caller caller, AppEvents.Operation operation, ObjectNode agent, ObjectNode beat) {
        ObjectNode event = events.changed(caller, operation, agent);
        event.set("moduleId", beat.path("moduleId"));
        if (beat.has("settings")) {
            event.set("settings", beat.get("settings"));
        }
        String agentId = agent.path("agentId").asText();
        events.publish(caller, event, "session", "agent", "changed", agentId);
    }
}
