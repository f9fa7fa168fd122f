package eu.sermas.bus.rest.caller;

import org.jspecify.annotations.Nullable;

/// Who may call a resource method.
public enum Access {
    /// Anybody; a token that comes along is not looked at.
    NOTHING,
    /// Anybody; a token that comes along has to be valid, and the method learns whose it is.
    OPTIONAL_TOKEN,
    /// Anybody with a valid token.
    TOKEN,
    /// Users with the role `platform-admin` and system clients.
    ADMIN,
    PLATFORM_APP("platform", "app"),
    PLATFORM_CLIENT("platform", "client"),
    PLATFORM_MODULE("platform", "module"),
    /// To see what was refused.
    ACCESS_DENIED("access", "denied"),
    /// To ask what others may do.
    ACCESS_EXPLAIN("access", "explain"),
    /// To see which grants are not used.
    ACCESS_UNUSED("access", "unused"),
    /// To see who is there, with which subscriptions, and what waits for them.
    ACCESS_LIVE("access", "live"),
    /// To end connections and sessions of others.
    ACCESS_END("access", "end"),
    /// To revoke tokens.
    ACCESS_REVOKE("access", "revoke"),
    PLATFORM_MONITORING("platform", "monitoring"),
    UI_INTERACTION("ui", "interaction"),
    UI_CONTENT("ui", "content"),
    UI_STATUS("ui", "status"),
    DETECTION_INTERACTION("detection", "interaction"),
    SESSION_AGENT("session", "agent"),
    SESSION_SESSION("session", "session"),
    /// Sessions of the caller's own; those of everybody for who holds `session.session`.
    SESSION_OWN("session", "own", SESSION_SESSION),
    SESSION_STORAGE("session", "storage"),
    ROBOTICS_MOVE("robotics", "move"),
    ROBOTICS_INITIAL_POSE("robotics", "initialpose"),
    ROBOTICS_ACTUATE("robotics", "actuate"),
    ROBOTICS_STATUS("robotics", "status"),
    XR_MARKER("xr", "marker");

    private final String resource;
    private final String scope;
    private final @Nullable Access wider;

    Access() {
        this("", "");
    }

    Access(String resource, String scope) {
        this(resource, scope, null);
    }

    Access(String resource, String scope, @Nullable Access wider) {
        this.resource = resource;
        this.scope = scope;
        this.wider = wider;
    }

    /// Whose holders need not have this one, or null.
    @Nullable Access wider() {
        return wider;
    }

    /// The resource of the grant, empty where no grant is needed.
    public String resource() {
        return resource;
    }

    public String scope() {
        return scope;
    }
}
