package eu.sermas.bus.config;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.access.Grants;
import eu.sermas.bus.config.setting.Kind;
import eu.sermas.bus.identity.CertificateSettings;
import eu.sermas.bus.identity.oidc.Algorithms;
import eu.sermas.bus.identity.oidc.ClaimPath;
import eu.sermas.bus.identity.oidc.IssuerSettings;
import eu.sermas.bus.identity.oidc.IssuerSettings.Claims;
import eu.sermas.bus.identity.oidc.IssuerSettings.KeyPolicy;
import eu.sermas.bus.identity.oidc.IssuerSettings.Keys;
import eu.sermas.bus.identity.oidc.IssuerSettings.KnownClient;
import eu.sermas.bus.identity.oidc.IssuerSettings.Rules;
import eu.sermas.bus.identity.oidc.IssuerSettings.Trust;
import eu.sermas.bus.identity.oidc.ServiceSign;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads `identity.issuers` and `identity.certificates` of the file.
final class IssuerReader extends NodeReader {

    private static final String OIDC = "oidc";
    private static final String KEYCLOAK = "keycloak";

    private static final Set<String> ISSUER_KEYS =
            Set.of(
                    "name",
                    "type",
                    "issuer",
                    "jwks-url",
                    "shared-secret",
                    "shared-secret-file",
                    "keys",
                    "algorithms",
                    "audiences",
                    "clock-skew",
                    "required-claims",
                    "claims",
                    "apps",
                    "roles",
                    "system-clients",
                    "registry",
                    "permissions",
                    "clients");
    private static final Set<String> CERTIFICATE_KEYS =
            Set.of("name", "match", "apps", "registry", "permissions", "clients");
    private static final Set<String> POLICY_KEYS = Set.of("refresh", "keep", "timeout");
    private static final Set<String> CLAIM_KEYS =
            Set.of("user", "name", "client", "service", "apps", "grants", "roles");
    private static final Set<String> CLIENT_KEYS = Set.of("app", "permissions");

    private static final Kind<CertificateSettings.Part> PART =
            Kind.oneOf(CertificateSettings.Part.class);
    private static final Kind<Duration> SKEW = Kind.duration(Duration.ZERO, Duration.ofMinutes(10));
    private static final Kind<Duration> REFRESH =
            Kind.duration(Duration.ofSeconds(1), Duration.ofDays(1));
    private static final Kind<Duration> KEEP =
            Kind.duration(Duration.ofSeconds(1), Duration.ofDays(365));
    private static final Kind<Duration> TIMEOUT =
            Kind.duration(Duration.ofSeconds(1), Duration.ofMinutes(1));

    IssuerReader(Map<String, String> environment, List<Problem> problems) {
        super(environment, problems);
    }

    List<IssuerSettings> read(String path, JsonNode node) {
        List<IssuerSettings> issuers = new ArrayList<>();
        int index = 0;
        for (JsonNode item : elements(path, node.isMissingNode() ? null : node)) {
            String at = path + "[" + index++ + "]";
            IssuerSettings issuer = issuer(at, item);
            if (issuer != null) {
                checkApart(at, issuer, issuers);
                issuers.add(issuer);
            }
        }
        return issuers;
    }

    /// @return null where there is none, or one with a problem
    @Nullable CertificateSettings readCertificates(String path, JsonNode node) {
        if (node.isMissingNode() || node.isNull() || !isMapping(path, node)) {
            return null;
        }
        checkKeys(path, node, CERTIFICATE_KEYS);
        return new CertificateSettings(
                value(path + ".name", node.get("name"), PART, CertificateSettings.Part.CN),
                value(path + ".match", node.get("match"), Kind.bool(), false),
                trust(path, node));
    }

    private void checkApart(String path, IssuerSettings issuer, List<IssuerSettings> before) {
        for (IssuerSettings other : before) {
            if (other.name().equals(issuer.name())) {
                report(path + ".name", issuer.name(), "a name that no other issuer has");
            }
            if (other.issuer().equals(issuer.issuer())) {
                report(path + ".issuer", issuer.issuer(), "each issuer once");
            }
        }
    }

    /// @return null where it has a problem, which is reported
    private @Nullable IssuerSettings issuer(String path, JsonNode node) {
        if (!isMapping(path, node)) {
            return null;
        }
        checkKeys(path, node, ISSUER_KEYS);
        String type = orElse(text(path + ".type", node.get("type")), OIDC);
        if (!type.equals(OIDC) && !type.equals(KEYCLOAK)) {
            report(path + ".type", type, OIDC + " or " + KEYCLOAK);
        }
        boolean keycloak = type.equals(KEYCLOAK);
        String name = required(path + ".name", node.get("name"), IssuerSettings.NAME_FORM);
        String iss = required(path + ".issuer", node.get("issuer"), "the iss of its tokens");
        try {
            Keys keys = keys(path, node);
            Rules rules = rules(path, node, keycloak);
            Claims claims = claims(path + ".claims", node.get("claims"), keycloak);
            Trust trust = trust(path, node);
            return name.isEmpty() || iss.isEmpty()
                    ? null
                    : new IssuerSettings(name, iss, keys, rules, claims, trust);
        } catch (IllegalArgumentException e) {
            report(path, String.valueOf(e.getMessage()), "an issuer that is in order");
            return null;
        }
    }

    private Keys keys(String path, JsonNode node) {
        String secret = secret(path, "shared-secret", node);
        String url = text(path + ".jwks-url", node.get("jwks-url"));
        if (secret != null) {
            if (url != null) {
                report(path + ".jwks-url", url, "either jwks-url or shared-secret, not both");
            }
            return new Keys.Shared(secret);
        }
        KeyPolicy usual = KeyPolicy.DEFAULT;
        JsonNode keys = node.path("keys");
        String at = path + ".keys";
        checkKeys(at, keys, POLICY_KEYS);
        KeyPolicy policy =
                new KeyPolicy(
                        value(at + ".refresh", keys.get("refresh"), REFRESH, usual.refresh()),
                        value(at + ".keep", keys.get("keep"), KEEP, usual.keep()),
                        usual.pause(),
                        value(at + ".timeout", keys.get("timeout"), TIMEOUT, usual.timeout()),
                        usual.maxBytes(),
                        usual.maxKeys());
        return new Keys.Fetched(url == null ? null : URI.create(url), policy);
    }

    private Rules rules(String path, JsonNode node, boolean keycloak) {
        boolean secret = node.has("shared-secret") || node.has("shared-secret-file");
        Set<String> algorithms = texts(path + ".algorithms", node.get("algorithms"));
        Map<String, Set<String>> required = new LinkedHashMap<>();
        if (keycloak) {
            required.put("typ", Set.of("Bearer")); // and not an ID token
        }
        for (Map.Entry<String, JsonNode> claim : node.path("required-claims").properties()) {
            String at = path + ".required-claims." + claim.getKey();
            required.put(new ClaimPath(claim.getKey()).text(), oneOrMore(at, claim.getValue()));
        }
        return new Rules(
                !algorithms.isEmpty()
                        ? algorithms
                        : secret ? Set.of("HS256") : Algorithms.WITH_KEYS,
                explicit(path + ".audiences", node.get("audiences")),
                value(path + ".clock-skew", node.get("clock-skew"), SKEW, Rules.DEFAULT_CLOCK_SKEW),
                required);
    }

    private Claims claims(String path, @Nullable JsonNode node, boolean keycloak) {
        Claims usual = keycloak ? Claims.KEYCLOAK : Claims.OIDC;
        if (node == null || !isMapping(path, node)) {
            return usual;
        }
        checkKeys(path, node, CLAIM_KEYS);
        return new Claims(
                claim(path + ".user", node.get("user"), usual.user()),
                claim(path + ".name", node.get("name"), usual.name()),
                claim(path + ".client", node.get("client"), usual.client()),
                node.has("service")
                        ? texts(path + ".service", node.get("service")).stream()
                                .map(ServiceSign::of)
                                .toList()
                        : usual.service(),
                claim(path + ".apps", node.get("apps"), usual.apps()),
                claimList(path + ".grants", node.get("grants"), usual.grants()),
                claim(path + ".roles", node.get("roles"), usual.roles()));
    }

    private Trust trust(String path, JsonNode node) {
        Map<String, KnownClient> clients = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> client : node.path("clients").properties()) {
            String at = path + ".clients." + client.getKey();
            if (isMapping(at, client.getValue())) {
                checkKeys(at, client.getValue(), CLIENT_KEYS);
                clients.put(
                        client.getKey(),
                        new KnownClient(
                                text(at + ".app", client.getValue().get("app")),
                                grants(at + ".permissions", client.getValue().get("permissions"))));
            }
        }
        return new Trust(
                explicit(path + ".apps", node.get("apps")),
                texts(path + ".roles", node.get("roles")),
                texts(path + ".system-clients", node.get("system-clients")),
                value(path + ".registry", node.get("registry"), Kind.bool(), false),
                grants(path + ".permissions", node.get("permissions")),
                Map.copyOf(clients));
    }

    /// What would open a door if it were merely forgotten has to be written down.
    private Set<String> explicit(String path, @Nullable JsonNode node) {
        Set<String> texts = texts(path, node);
        if (texts.isEmpty()) {
            report(path, "not set", "a list, [\"*\"] for all");
        }
        return texts;
    }

    private List<String> grants(String path, @Nullable JsonNode node) {
        List<String> grants = List.copyOf(texts(path, node));
        String problem = Grants.problemOf(grants);
        if (problem != null) {
            report(path, problem, "grants such as dialogue, dialogue.messages or *");
        }
        return grants;
    }

    private Set<String> oneOrMore(String path, JsonNode node) {
        if (node.isArray()) {
            return explicit(path, node);
        }
        String text = text(path, node);
        if (text == null) {
            report(path, "not set", "a value, a list of values, or \"*\" for any");
        }
        return text == null ? Set.of() : Set.of(text);
    }

    private Set<String> texts(String path, @Nullable JsonNode node) {
        Set<String> texts = new LinkedHashSet<>();
        for (JsonNode item : elements(path, node)) {
            String text = text(path + "[" + texts.size() + "]", item);
            if (text != null) {
                texts.add(text);
            }
        }
        return texts;
    }

    private List<ClaimPath> claimList(String path, @Nullable JsonNode node, List<ClaimPath> usual) {
        return node == null ? usual : texts(path, node).stream().map(ClaimPath::new).toList();
    }

    private ClaimPath claim(String path, @Nullable JsonNode node, ClaimPath usual) {
        String text = text(path, node);
        return text == null ? usual : new ClaimPath(text);
    }

    private <T> T value(String path, @Nullable JsonNode node, Kind<T> kind, T usual) {
        String text = text(path, node);
        if (text == null) {
            return usual;
        }
        T value = kind.reader().apply(text).orElse(null);
        if (value == null) {
            report(path, text, kind.expected());
        }
        return value == null ? usual : value;
    }

    private String required(String path, @Nullable JsonNode node, String expected) {
        String text = text(path, node);
        if (text == null) {
            report(path, "not set", expected);
        }
        return orElse(text, "");
    }

    private boolean isMapping(String path, JsonNode node) {
        if (!node.isObject()) {
            report(path, "a " + ConfigurationFile.kindOf(node), "a mapping");
        }
        return node.isObject();
    }

    private static String orElse(@Nullable String text, String other) {
        return text == null ? other : text;
    }
}
