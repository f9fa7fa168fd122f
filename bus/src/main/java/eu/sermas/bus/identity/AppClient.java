package eu.sermas.bus.identity;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A client of an app, as it is sent and shown (`AppClientDto`).
///
/// @param clientId the short id, unique in the app; null only in a request to make one up
/// @param permissions grants, see [eu.sermas.bus.access.Grants]; null in a request means: none, or
///   those that it has
/// @param secret what the client proves itself with: set in a request that chooses one, and in the
///   answer to the creation; a read never shows it, since only its hash is kept
/// @param tokenLifetime of its tokens, in seconds; null for that of the app. In a request null is
///   what it has, and 0 that of the app
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties({"_id", "__v", "createdAt", "updatedAt"})
public record AppClient(
        @Nullable String appId,
        @Nullable String name,
        @Nullable String clientId,
        @Nullable String secret,
        @Nullable List<String> permissions,
        @Nullable Long tokenLifetime) {

    public AppClient {
        permissions = permissions == null ? null : List.copyOf(permissions);
    }

    /// One whose tokens last as long as those of its app.
    public AppClient(
            @Nullable String appId,
            @Nullable String name,
            @Nullable String clientId,
            @Nullable String secret,
            @Nullable List<String> permissions) {
        this(appId, name, clientId, secret, permissions, null);
    }

    /// The short id of a client that has one: every client that comes out of the registry.
    public String id() {
        if (clientId == null) {
            throw new IllegalStateException("clientId: absent");
        }
        return clientId;
    }

    String appIdOrEmpty() {
        return appId == null ? "" : appId;
    }

    AppClient withSecret(@Nullable String other) {
        return new AppClient(appId, name, clientId, other, permissions, tokenLifetime);
    }

    /// Without the secret.
    @Override
    public String toString() {
        return "AppClient[" + appId + ", " + clientId + ", " + permissions + "]";
    }
}
