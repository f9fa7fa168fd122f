package eu.sermas.bus.access;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who a connection or a request speaks for, as the token says.
///
/// @param id unique among all principals, and the same for every token of the same one: sessions,
///   quotas and takeovers are keyed by it
/// @param appIds the apps whose topics it may name at all
/// @param clientId the short client id, or null for a user or an anonymous one
/// @param userId the `sub` of the token
/// @param name for people: the user name, or the name of the service account
/// @param roles realm roles, such as `platform-admin`
public record Principal(
        Kind kind,
        String id,
        Set<String> appIds,
        @Nullable String clientId,
        @Nullable String userId,
        String name,
        Set<String> roles) {

    /// What a principal is; a system client may do everything.
    public enum Kind {
        CLIENT,
        USER,
        SYSTEM,
        ANONYMOUS
    }

    /// Whether a principal of this id is a client of the app, or a user who came through one.
    public static boolean isOf(String appId, String id) {
        return id.startsWith("client:" + appId + "/") || id.startsWith("user:" + appId + "/");
    }

    public static final String PLATFORM_ADMIN = "platform-admin";

    public boolean isPlatformAdmin() {
        return kind == Kind.SYSTEM || roles.contains(PLATFORM_ADMIN);
    }
}
