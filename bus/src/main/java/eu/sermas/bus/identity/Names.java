package eu.sermas.bus.identity;

import java.util.Set;
import java.util.regex.Pattern;

/// The forms of names.
///
/// A client of an app is known to tokens by its composite id, `{appId}-{clientId}`. That is
/// ambiguous (app `a` with client `b-c`, app `a-b` with client `c`), so the pair is what counts
/// everywhere, and what comes with a composite says which one is meant. Nobody's choice of names
/// takes a name from somebody else; only those of system clients are taken.
final class Names {

    static final String CLIENT_ID_FORM = "[A-Za-z0-9._~-]{1,64}";
    static final String APP_ID_FORM = CLIENT_ID_FORM + ", not reserved";

    /// The client of every app through which people log in.
    static final String APPLICATION = "application";

    /// The client through which people log in to no app in particular.
    static final String PLATFORM = "platform";

    private static final Pattern CLIENT_ID = Pattern.compile(CLIENT_ID_FORM);
    private static final Set<String> RESERVED_APP_IDS =
            Set.of("default", PLATFORM, "system", "list", "admin", "repository");

    private Names() {}

    static boolean isClientId(String id) {
        return CLIENT_ID.matcher(id).matches();
    }

    /// An app id is a level of a path too, hence no `.` and `..`.
    static boolean isAppId(String id) {
        return isClientId(id) && !id.chars().allMatch(c -> c == '.');
    }

    static boolean isReservedAppId(String id) {
        return RESERVED_APP_IDS.contains(id);
    }

    /// The short id in an id of a client of the app that is short or composite.
    static String shortId(String appId, String id) {
        String prefix = composite(appId, "");
        return id.startsWith(prefix) ? id.substring(prefix.length()) : id;
    }

    static String composite(String appId, String clientId) {
        return appId + "-" + clientId;
    }
}
