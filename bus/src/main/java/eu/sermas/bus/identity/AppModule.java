package eu.sermas.bus.identity;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A module of an app (`AppModuleConfigDto`): a client named like the module, with the grants that
/// `supports` stands for.
///
/// @param supports resources and scopes: `dialogue`, `dialogue.messages`, `dialogue.*`, `*`
/// @param secret as in [AppClient]
/// @param extra whatever else was sent, kept as it is
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AppModule(
        @Nullable String appId,
        String moduleId,
        @Nullable String status,
        @Nullable String name,
        @Nullable String description,
        List<String> supports,
        @Nullable JsonNode config,
        @Nullable String secret,
        @JsonAnySetter @JsonAnyGetter Map<String, JsonNode> extra) {

    public AppModule {
        moduleId = moduleId == null ? "" : moduleId;
        supports = supports == null ? List.of() : List.copyOf(supports);
        extra = extra == null ? Map.of() : Map.copyOf(extra);
    }

    AppModule withSecret(@Nullable String other) {
        return new AppModule(
                appId, moduleId, status, name, description, supports, config, other, extra);
    }

    /// This one with what the other names.
    AppModule changedBy(AppModule other) {
        Map<String, JsonNode> more = new HashMap<>(extra);
        more.putAll(other.extra);
        return new AppModule(
                appId,
                moduleId,
                other.status == null ? status : other.status,
                other.name == null ? name : other.name,
                other.description == null ? description : other.description,
                other.supports.isEmpty() ? supports : other.supports,
                other.config == null ? config : other.config,
                other.secret,
                more);
    }

    AppModule withAppId(String other) {
        return new AppModule(
                other, moduleId, status, name, description, supports, config, secret, extra);
    }

    /// Without the secret.
    @Override
    public String toString() {
        return "AppModule[" + appId + ", " + moduleId + ", " + supports + "]";
    }
}
