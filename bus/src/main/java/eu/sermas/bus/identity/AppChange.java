package eu.sermas.bus.identity;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is to become of an app: the record of one ([App]), of which only what is named counts. JSON
/// `null` takes a repository, settings or tools away.
///
/// @param modules those that are to be made or changed, as are clients; others stay
/// @param createdAt means nothing, as does `updatedAt`: who reads a record may send it back
/// @param tokenLifetime seconds; 0 for that of the installation
/// @param extra whatever else is kept with an app
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AppChange(
        @Nullable String appId,
        @JsonProperty("public") @Nullable Boolean isPublic,
        @Nullable String name,
        @Nullable String description,
        @Nullable String ownerId,
        @Nullable List<AppModule> modules,
        @Nullable List<AppClient> clients,
        @Nullable JsonNode repository,
        @Nullable JsonNode settings,
        @Nullable JsonNode tools,
        @Nullable String createdAt,
        @Nullable String updatedAt,
        @Nullable Long tokenLifetime,
        @JsonAnySetter @JsonAnyGetter Map<String, JsonNode> extra) {

    public AppChange {
        modules = modules == null ? null : List.copyOf(modules);
        clients = clients == null ? null : List.copyOf(clients);
        extra = extra == null ? Map.of() : Map.copyOf(extra);
    }

    App of(App present) {
        Map<String, JsonNode> more = new HashMap<>(present.extra());
        more.putAll(extra);
        return new App(
                present.appId(),
                isPublic == null ? present.isPublic() : isPublic,
                name == null ? present.name() : name,
                description == null ? present.description() : description,
                ownerId == null || ownerId.isEmpty() ? present.ownerId() : ownerId,
                present.modules(),
                present.clients(),
                changed(repository, present.repository()),
                changed(settings, present.settings()),
                changed(tools, present.tools()),
                present.createdAt(),
                present.updatedAt(),
                tokenLifetime == null ? present.tokenLifetime() : tokenLifetime,
                more);
    }

    private static @Nullable JsonNode changed(
            @Nullable JsonNode wanted, @Nullable JsonNode present) {
        if (wanted == null) {
            return present;
        }
        return wanted.isNull() ? null : wanted;
    }

    /// Without the parts, which may hold secrets.
    @Override
    public String toString() {
        return "AppChange[" + appId + "]";
    }
}
