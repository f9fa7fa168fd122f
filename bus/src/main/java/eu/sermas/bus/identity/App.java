package eu.sermas.bus.identity;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An app, the tenant of the bus, as it is sent and shown (`PlatformAppDto`).
///
/// @param appId empty in a request to make one up
/// @param ownerId the `sub` of the user who may do everything in it
/// @param modules null in an update means: leave them as they are
/// @param clients those besides the modules' and `application`; null as in `modules`
/// @param createdAt ISO 8601, set by the registry, as is `updatedAt`
/// @param tokenLifetime of the tokens of its clients, in seconds; null for that of the installation
/// @param extra whatever else was sent (`tasks`, `rag`, ...), kept as it is
@JsonInclude(JsonInclude.Include.NON_NULL)
public record App(
        String appId,
        @JsonProperty("public") boolean isPublic,
        String name,
        @Nullable String description,
        String ownerId,
        @Nullable List<AppModule> modules,
        @Nullable List<AppClient> clients,
        @Nullable JsonNode repository,
        @Nullable JsonNode settings,
        @Nullable JsonNode tools,
        @Nullable String createdAt,
        @Nullable String updatedAt,
        @Nullable Long tokenLifetime,
        @JsonAnySetter @JsonAnyGetter Map<String, JsonNode> extra) {

    public App {
        appId = appId == null ? "" : appId;
        name = name == null ? "" : name;
        ownerId = ownerId == null ? "" : ownerId;
        modules = modules == null ? null : List.copyOf(modules);
        clients = clients == null ? null : List.copyOf(clients);
        extra = extra == null ? Map.of() : Map.copyOf(extra);
    }

    public App withOwner(String other) {
        return new App(
                appId,
                isPublic,
                name,
                description,
                other,
                modules,
                clients,
                repository,
                settings,
                tools,
                createdAt,
                updatedAt,
                tokenLifetime,
                extra);
    }

    App withParts(@Nullable List<AppModule> otherModules, @Nullable List<AppClient> otherClients) {
        return new App(
                appId,
                isPublic,
                name,
                description,
                ownerId,
                otherModules,
                otherClients,
                repository,
                settings,
                tools,
                createdAt,
                updatedAt,
                tokenLifetime,
                extra);
    }

    App withSettings(JsonNode other) {
        return new App(
                appId,
                isPublic,
                name,
                description,
                ownerId,
                modules,
                clients,
                repository,
                other,
                tools,
                createdAt,
                updatedAt,
                tokenLifetime,
                extra);
    }

    App withTools(@Nullable JsonNode other) {
        return new App(
                appId,
                isPublic,
                name,
                description,
                ownerId,
                modules,
                clients,
                repository,
                settings,
                other,
                createdAt,
                updatedAt,
                tokenLifetime,
                extra);
    }

    App withTokenLifetime(@Nullable Long other) {
        return new App(
                appId,
                isPublic,
                name,
                description,
                ownerId,
                modules,
                clients,
                repository,
                settings,
                tools,
                createdAt,
                updatedAt,
                other,
                extra);
    }

    App withIdentity(String id, @Nullable String created, @Nullable String updated) {
        return new App(
                id,
                isPublic,
                name,
                description,
                ownerId,
                modules,
                clients,
                repository,
                settings,
                tools,
                created,
                updated,
                tokenLifetime,
                extra);
    }

    /// Whether everybody with an account may enter it.
    boolean invitesVisitors() {
        return isPublic || (settings != null && settings.path("login").booleanValue());
    }

    /// The same without what a tool needs to authenticate itself (`basic`, `bearer` and `headers`
    /// of its request): fit for the public and for an event.
    public App withoutCredentials() {
        return tools == null ? this : withTools(Json.withoutToolCredentials(tools));
    }

    /// Without the parts, which may hold secrets.
    @Override
    public String toString() {
        return "App[" + appId + "]";
    }
}
