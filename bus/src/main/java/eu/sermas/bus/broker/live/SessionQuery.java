package eu.sermas.bus.broker.live;

import java.util.Locale;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// Which sessions are asked for; null is any.
///
/// @param appId one of the apps whose rights the session has
/// @param search a part of the principal or of the beginning of the client identifier, in lower
///   case
/// @param transport as in [SessionRow.Connected]
/// @param visible what whoever asks may see, by principal and apps; asked last
public record SessionQuery(
        @Nullable String appId,
        @Nullable String principalId,
        @Nullable String clientId,
        @Nullable String search,
        @Nullable Boolean connected,
        @Nullable String transport,
        BiPredicate<String, Set<String>> visible) {

    /// So much of a client identifier is looked through, and shown.
    public static final int SHOWN = 1000;

    /// Whether a session of this key may be one of them.
    public boolean fits(String principal, String client) {
        return (principalId == null || principalId.equals(principal))
                && (clientId == null || clientId.equals(client))
                && (search == null || contains(principal, search) || contains(client, search));
    }

    /// The same of the rights that it has.
    public boolean fits(String principal, Set<String> appIds) {
        return (appId == null || appIds.contains(appId)) && visible.test(principal, appIds);
    }

    private static boolean contains(String text, String part) {
        String begin = text.length() > SHOWN ? text.substring(0, SHOWN) : text;
        return begin.toLowerCase(Locale.ROOT).contains(part);
    }
}
