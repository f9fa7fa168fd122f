package eu.sermas.bus.identity.oidc;

import eu.sermas.bus.access.Grants;
import eu.sermas.bus.identity.oidc.IssuerSettings.Claims;
import eu.sermas.bus.identity.oidc.IssuerSettings.KnownClient;
import eu.sermas.bus.identity.oidc.IssuerSettings.Trust;
import eu.sermas.bus.packet.Printable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads the claims of one issuer as it is configured. Lets nothing through that the issuer is not
/// trusted with: apps of others, roles that do not count here, what is no grant.
final class ClaimReader {

    private static final int LONGEST_ID = 255;

    private final String issuer;
    private final Claims claims;
    private final Trust trust;

    ClaimReader(IssuerSettings settings) {
        this.issuer = settings.name();
        this.claims = settings.claims();
        this.trust = settings.trust();
    }

    /// One line that says what is missing, or null where all is there.
    @Nullable String problemOf(Map<String, Object> token) {
        String client = claims.client().textIn(token, "");
        String user = claims.user().textIn(token, client);
        if (user.isEmpty()) {
            return "token: " + claims.user() + ": absent";
        }
        if (user.length() > LONGEST_ID || client.length() > LONGEST_ID) {
            return "token: "
                    + (user.length() > LONGEST_ID ? claims.user() : claims.client())
                    + ": longer than "
                    + LONGEST_ID
                    + " characters";
        }
        // They go out in messages, where MQTT allows no U+0000, and into lines of logs.
        if (!Printable.isPlain(user) || !Printable.isPlain(client)) {
            return "token: "
                    + (Printable.isPlain(user) ? claims.client() : claims.user())
                    + ": control characters, ends of lines or marks of direction (expected: none)";
        }
        return null;
    }

    ExternalIdentity read(Map<String, Object> token) {
        String client = claims.client().textIn(token, "");
        boolean service = claims.service().stream().anyMatch(sign -> sign.isIn(token, client));
        String name = Printable.of(claims.name().textIn(token, client), LONGEST_ID);
        String user = claims.user().textIn(token, client);
        KnownClient known = trust.clients().get(client);
        return new ExternalIdentity(
                issuer,
                service,
                client,
                user,
                name.isEmpty() ? user : name,
                appIds(token, client, known),
                grants(token, client, known),
                roles(token, client));
    }

    private Set<String> appIds(
            Map<String, Object> token, String client, @Nullable KnownClient known) {
        String app = known == null ? null : known.app();
        return app != null
                ? Set.of(app)
                : texts(claims.apps().in(token, client))
                        .filter(trust::reaches)
                        .filter(Printable::isPlain)
                        .collect(Collectors.toSet());
    }

    private Set<String> roles(Map<String, Object> token, String client) {
        return texts(claims.roles().in(token, client))
                .filter(trust.roles()::contains)
                .collect(Collectors.toSet());
    }

    private List<String> grants(
            Map<String, Object> token, String client, @Nullable KnownClient known) {
        Set<String> grants = new LinkedHashSet<>(trust.permissions());
        if (known != null) {
            grants.addAll(known.permissions());
        }
        claims.grants().stream()
                .flatMap(path -> grantsIn(path.in(token, client)))
                .filter(Grants::isGrant)
                .limit(Grants.MAX_GRANTS)
                .forEach(grants::add);
        return grants.stream().limit(Grants.MAX_GRANTS).toList();
    }

    private static Stream<String> grantsIn(@Nullable Object value) {
        return switch (value) {
            case String text -> Stream.of(text.split(" "));
            case Collection<?> list -> list.stream().flatMap(ClaimReader::grantsInItem);
            case null, default -> Stream.of();
        };
    }

    private static Stream<String> grantsInItem(Object item) {
        return switch (item) {
            case String text -> Stream.of(text);
            case Map<?, ?> permission -> grantsOf(permission).stream();
            default -> Stream.of();
        };
    }

    /// A permission as Keycloak writes it into a requesting party token: a resource by its name,
    /// with scopes or, where it has none, as a whole. A scope that begins with the resource,
    /// `dialogue:messages` or `dialogue.messages`, is not to be doubled.
    private static List<String> grantsOf(Map<?, ?> permission) {
        if (!(permission.get("rsname") instanceof String resource)) {
            return List.of();
        }
        if (!(permission.get("scopes") instanceof Collection<?> scopes) || scopes.isEmpty()) {
            return List.of(resource);
        }
        List<String> grants = new ArrayList<>();
        for (Object scope : scopes) {
            if (scope instanceof String text) {
                boolean whole = text.startsWith(resource + ":") || text.startsWith(resource + ".");
                grants.add(resource + "." + (whole ? text.substring(resource.length() + 1) : text));
            }
        }
        return grants;
    }

    private static Stream<String> texts(@Nullable Object value) {
        return switch (value) {
            case String text -> Stream.of(text);
            case Collection<?> list ->
                    list.stream().filter(String.class::isInstance).map(String.class::cast);
            case null, default -> Stream.of();
        };
    }
}
