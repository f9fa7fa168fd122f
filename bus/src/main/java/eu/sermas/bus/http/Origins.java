package eu.sermas.bus.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// From whose pages browsers may come. A browser says in `Origin` whose page makes it ask; who
/// sends none is no browser, and no page misuses what it has.
///
/// A page that shows a token was given one, so by itself every page may come. Where the login is
/// the browser's own, a certificate or the mere place where it runs, any page that it opens would
/// have it too; there only pages of the bus itself may, and those that are named.
///
/// @param allowed as browsers write them: `https://kiosk.example`; `*` for all; empty where nobody
///   has named any
/// @param open whether the bus asks for no login
/// @param certificates whether a certificate is a login
public record Origins(Set<String> allowed, boolean open, boolean certificates) {

    /// All of them, with a token.
    public static final Origins ANY = new Origins(Set.of(), false, false);

    private static final String ALL = "*";

    /// Names that nobody else can make lead to this machine.
    private static final Pattern OWN_NAME =
            Pattern.compile("(localhost|[0-9.]+|\\[[0-9a-f:.]+])(:\\d+)?");

    public Origins {
        allowed = Set.copyOf(allowed);
    }

    /// Why a request that comes with a token must not be made by this page, or null.
    public @Nullable String refusal(HttpHeaders headers) {
        return allowed.isEmpty() ? null : refusalOfForeign(headers);
    }

    /// The same for a request that is let in without one.
    ///
    /// @param certificate whether the client has shown a certificate
    public @Nullable String refusalWithoutToken(HttpHeaders headers, boolean certificate) {
        return open || (certificates && certificate) ? refusalOfForeign(headers) : refusal(headers);
    }

    private @Nullable String refusalOfForeign(HttpHeaders headers) {
        List<String> origins = headers.getAll(HttpHeaderNames.ORIGIN);
        if (origins.isEmpty() || allowed.contains(ALL)) {
            return null;
        }
        return origins.size() == 1 && mayCome(origins.getFirst(), headers)
                ? null
                : "Origin: a page of somebody else (expected: one of http.allowed-origins)";
    }

    private boolean mayCome(String origin, HttpHeaders headers) {
        String lowerCase = origin.toLowerCase(Locale.ROOT);
        return allowed.contains(lowerCase) || isOwn(lowerCase, headers);
    }

    /// Whether the page is one of the bus. Where a page needs nothing but to reach it, a name is
    /// not enough: its owner may make it lead here.
    private boolean isOwn(String origin, HttpHeaders headers) {
        String host = headers.get(HttpHeaderNames.HOST, "").toLowerCase(Locale.ROOT);
        return !host.isEmpty()
                && withoutPortOf(origin, hostOf(origin)).equals(withoutPortOf(origin, host))
                && (!open || OWN_NAME.matcher(host).matches());
    }

    private static String hostOf(String origin) {
        try {
            String host = new URI(origin).getRawAuthority();
            return host == null ? "" : host;
        } catch (URISyntaxException _) {
            return "";
        }
    }

    /// Browsers leave the usual port out, others do not.
    private static String withoutPortOf(String origin, String host) {
        String usual = origin.startsWith("https:") ? ":443" : ":80";
        return host.endsWith(usual) ? host.substring(0, host.length() - usual.length()) : host;
    }

    /// Tells a browser who else may read an answer.
    ///
    /// @param origin as the request says it, or null
    public void tell(HttpHeaders answer, @Nullable String origin) {
        if (allowed.isEmpty() || allowed.contains(ALL)) {
            answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, ALL);
            return;
        }
        answer.add(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN);
        if (origin != null && allowed.contains(origin.toLowerCase(Locale.ROOT))) {
            answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        }
    }
}
