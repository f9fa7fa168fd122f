package eu.sermas.bus.rest.relay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.Dto;
import eu.sermas.bus.rest.http.Json;
import eu.sermas.bus.rest.http.RestRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.util.UUID;

/// What people see and do at a kiosk, passed on as events. The assets themselves are kept
/// elsewhere.
@Path("api/ui")
public final class UiResource {

    private final AppEvents events;

    public UiResource(AppEvents events) {
        this.events = events;
    }

    @PUT
    @Path("interaction/{appId}/{moduleId}")
    @Needs(Access.UI_INTERACTION)
    public void interact(
            @Context Caller caller,
            @PathParam("appId") String appId,
            @PathParam("moduleId") String moduleId,
            @Dto("UIInteractionDTO") ObjectNode interaction) {
        AppEvents.required(interaction, "element");
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("moduleId", moduleId).set("interaction", interaction);
        event = events.checked(caller, Access.UI_INTERACTION, event, appId);
        events.publish(caller, event, "ui", "interaction", AppEvents.level("moduleId", moduleId));
    }

    @PUT
    @Path("content/{appId}")
    @Needs(Access.UI_CONTENT)
    public void show(
            @Context Caller caller,
            @PathParam("appId") String appId,
            @Dto("UIContentDto") ObjectNode content) {
        AppEvents.required(content, "contentType");
        ObjectNode event = events.checked(caller, Access.UI_CONTENT, content, appId);
        events.publish(caller, event, "ui", "content");
    }

    /// An asset as `multipart/form-data`, of which the file is not kept, or as JSON.
    @POST
    @Path("asset")
    @Needs(Access.UI_STATUS)
    public void asset(@Context Caller caller, byte[] form) {
        String contentType = RestRequest.current().contentType();
        ObjectNode body =
                Multipart.isMultipart(contentType)
                        ? Multipart.fields(contentType, form)
                        : (ObjectNode) Json.read(form, ObjectNode.class);
        AppEvents.required(body, "type");
        boolean isNew = !body.hasNonNull("id");
        ObjectNode asset = events.checked(caller, Access.UI_STATUS, body);
        if (isNew) {
            asset.put("id", UUID.randomUUID().toString());
        }
        JsonNode metadata = asset.path("metadata");
        if (metadata.isTextual() && metadata.asText().startsWith("{")) {
            asset.set("metadata", Multipart.json(metadata.asText()));
        }
        AppEvents.Operation operation =
                isNew ? AppEvents.Operation.CREATED : AppEvents.Operation.UPDATED;
        events.publish(caller, events.changed(caller, operation, asset), "ui", "status");
    }

    @POST
    @Path("admin/asset")
    @Needs(Access.UI_STATUS)
    public void adminAsset(@Context Caller caller, byte[] form) {
        asset(caller, form);
    }
}
