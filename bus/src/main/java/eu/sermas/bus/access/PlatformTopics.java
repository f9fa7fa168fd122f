package eu.sermas.bus.access;

import org.jspecify.annotations.Nullable;

/// What only the bus says about an app: its clients read it and never write it, whatever they are
/// granted and whoever decides about them. A forged `platform/client/changed` would be believed.
public final class PlatformTopics {

    /// Where the resource stands among the levels.
    private static final int RESOURCE = 2;

    private static final Verdict PLATFORM = only("platform");
    private static final Verdict ACCESS = only("access");
    private static final Verdict AUTH = only("auth");
    private static final Verdict SESSION_CHANGED = only("session/session/changed");

    private PlatformTopics() {}

    private static Verdict only(String what) {
        return Verdict.denied(Rule.PLATFORM_TOPIC, "published by the platform only: " + what);
    }

    /// Why nobody else may publish there, or null.
    ///
    /// @param levels of a topic of an app or a user
    public static @Nullable Verdict refusal(String[] levels) {
        if (levels.length <= RESOURCE) {
            return null;
        }
        return switch (levels[RESOURCE]) {
            case "platform" -> PLATFORM;
            case "access" -> ACCESS;
            case "auth" -> AUTH;
            case "session" -> isSessionChanged(levels) ? SESSION_CHANGED : null;
            default -> null;
        };
    }

    private static boolean isSessionChanged(String[] levels) {
        return levels.length > RESOURCE + 2
                && levels[RESOURCE + 1].equals("session")
                && levels[RESOURCE + 2].equals("changed");
    }
}
