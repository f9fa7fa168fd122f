package eu.sermas.bus.identity;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A module of the platform itself (`PlatformModuleConfigDto`): a registered service and what it
/// offers. It is no client; a secret that is sent with it is not kept.
///
/// @param config `url`, `openapiSpec`, `asyncapiSpec` and `resources`
/// @param extra whatever else was sent, kept as it is
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PlatformModule(
        String moduleId,
        @Nullable String status,
        @Nullable String name,
        @Nullable String description,
        List<String> supports,
        @Nullable JsonNode config,
        @JsonAnySetter @JsonAnyGetter Map<String, JsonNode> extra) {

    public PlatformModule {
        moduleId = moduleId == null ? "" : moduleId;
        supports = supports == null ? List.of() : List.copyOf(supports);
        extra = extra == null ? Map.of() : Json.without(extra, "secret");
    }
}
