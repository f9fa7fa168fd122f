package eu.sermas.bus.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.sermas.bus.config.setting.AdminSettings;
import eu.sermas.bus.config.setting.LimitSettings;
import eu.sermas.bus.config.setting.ListenerSettings;
import eu.sermas.bus.config.setting.TokenSettings;
import eu.sermas.bus.identity.oidc.Algorithms;
import eu.sermas.bus.identity.oidc.ClaimPath;
import eu.sermas.bus.identity.oidc.IssuerSettings;
import eu.sermas.bus.identity.oidc.IssuerSettings.Claims;
import eu.sermas.bus.identity.oidc.IssuerSettings.KeyPolicy;
import eu.sermas.bus.identity.oidc.IssuerSettings.Keys;
import eu.sermas.bus.identity.oidc.IssuerSettings.KnownClient;
import eu.sermas.bus.identity.oidc.IssuerSettings.Rules;
import eu.sermas.bus.identity.oidc.IssuerSettings.Trust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationLoaderTest {

    @TempDir Path directory;

    @Test
    void everySettingHasItsDefault() throws Exception {
        Configuration configuration = fromFile("");

        assertThat(configuration.get(ListenerSettings.PORT)).isEqualTo(8080);
        assertThat(configuration.find(ListenerSettings.MQTT_PORT)).isEmpty();
        assertThat(configuration.bindAddress()).isEqualTo("0.0.0.0");
        assertThat(configuration.get(LimitSettings.PACKET_SIZE)).isEqualTo(16 * 1024 * 1024);
        assertThat(configuration.get(TokenSettings.LIFETIME)).isEqualTo(Duration.ofHours(12));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "port: 99999 | port: 99999 (expected: 0..65535)",
                "port: -1 | port: -1 (expected: 0..65535)",
                "port: eighty | port: eighty (expected: 0..65535)",
                "port: 1.5 | port: 1.5 (expected: 0..65535)",
                "port: 99999999999999999999 |" + " port: 99999999999999999999 (expected: 0..65535)",
                "port: [1] | port: a list (expected: 0..65535)",
                "port: {a: 1} | port: a mapping (expected: 0..65535)",
                "port: | port: nothing (expected: 0..65535)",
                "open: 'yes' | open: yes (expected: true or false)",
                "bind: '' | bind: nothing (expected: an address or a host name of this machine)",
                "log.level: loud |"
                        + " log.level: loud (expected: error, warn, info, debug, trace)",
                "limits: {packet-size: 1 GiB} |"
                        + " limits.packet-size: 1 GiB (expected: a size of 1 KiB..256 MiB)",
                "limits: {packet-size: 1 MB} |"
                        + " limits.packet-size: 1 MB (expected: a size of 1 KiB..256 MiB)",
                "limits: {keep-alive: 19 h} | limits.keep-alive: 19 h"
                        + " (expected: a duration of 1 s..65535 s)",
                "limits: {queue: {max-messages: 0}} |"
                        + " limits.queue.max-messages: 0 (expected: 1..10000000)",
                "limits: 3 | limits: a single value (expected: a section with keys)",
                "prot: 1 | prot: unknown key (expected: a known key; did you mean port?)",
                "limits: {queue: {max-mesages: 1}} | limits.queue.max-mesages: unknown key"
                        + " (expected: a known key; did you mean limits.queue.max-messages?)",
                "colour: red | colour: unknown key (expected: a known key; `sermas-bus"
                        + " check-config --keys` lists them)",
                "bind: ${NO_SUCH} |"
                        + " bind: ${NO_SUCH} (expected: a variable that is set in the"
                        + " environment)",
                "tls: {cert: /no/such.pem, key: /no/such.key} |"
                        + " tls.cert: /no/such.pem (expected: a readable file)",
                "auth.admin.password-file: /no/such | auth.admin.password-file: /no/such"
                        + " (expected: a readable text file that is not empty)",
                "{port: 9000, mqtt-port: 9000} |"
                        + " mqtt-port: 9000 (expected: another port than `port`)",
                "{auth.admin.password: a, auth.admin.password-file: /no/such} |"
                        + " auth.admin.password-file: /no/such (expected: no file, because"
                        + " auth.admin.password is set)",
                "{auth.platform-secret: a, auth.platform-secret-file: /no/such} |"
                        + " auth.platform-secret-file: /no/such (expected: no file, because"
                        + " auth.platform-secret is set)",
            })
    void aBadValueIsToldWithItsPathAndWhatWasExpected(String yaml, String problem) {
        assertThat(problemsOf(yaml)).contains(problem);
    }

    @Test
    void allProblemsAreToldAtOnce() {
        assertThat(problemsOf("port: x\nlog:\n  level: y\nfoo: z\n"))
                .hasSize(3)
                .anyMatch(line -> line.startsWith("port: x"))
                .anyMatch(line -> line.startsWith("log.level: y"))
                .anyMatch(line -> line.startsWith("foo: unknown key"));
    }

    @Test
    void aSecretIsNotShownInAProblem() {
        assertThat(problemsOf("auth.platform-secret: ' '"))
                .containsExactly("auth.platform-secret: *** (expected: a secret)");
    }

    @Test
    void brokenYamlIsToldWithItsPlace() {
        assertThat(problemsOf("port: 1\n  bad: [\n"))
                .singleElement()
                .asString()
                .contains("bus.yaml:2:")
                .endsWith("(expected: YAML)");
    }

    @Test
    void aKeyThatStandsTwiceIsRefused() {
        assertThat(problemsOf("port: 1\nport: 2\n")).hasSize(1);
        assertThat(problemsOf("log: {level: info}\nlog.level: warn\n"))
                .containsExactly(
                        "log.level: warn (expected: one value, not several for the same key)");
    }

    @Test
    void theEnvironmentOverridesTheFileAndTheCommandLineBoth() throws Exception {
        Path file = write("limits: {queue: {max-messages: 1}}\nport: 1\nmqtt-port: 1\n");
        Configuration configuration =
                ConfigurationLoader.load(
                        file,
                        Map.of(
                                "SERMAS_BUS_LIMITS_QUEUE_MAX_MESSAGES", "2",
                                "SERMAS_BUS_PORT", "2"),
                        List.of(new CommandLineValue("port", "3", "--port")));

        assertThat(configuration.get(ListenerSettings.MQTT_PORT)).isEqualTo(1);
        assertThat(configuration.get(LimitSettings.QUEUE_MAX_MESSAGES)).isEqualTo(2);
        assertThat(configuration.get(ListenerSettings.PORT)).isEqualTo(3);
        assertThat(configuration.effective())
                .contains(
                        "port: 3  # --port",
                        "mqtt-port: 1  # file",
                        "limits.queue.max-messages: 2  # SERMAS_BUS_LIMITS_QUEUE_MAX_MESSAGES",
                        "limits.unacknowledged: 10000  # default");
    }

    @Test
    void aBadValueNamesTheVariableOrOptionItCameFrom() {
        assertThatThrownBy(
                        () ->
                                ConfigurationLoader.load(
                                        null,
                                        Map.of("SERMAS_BUS_PORT", "x"),
                                        List.of(
                                                new CommandLineValue("mqtt-port", "y", "--set"),
                                                new CommandLineValue("prt", "1", "--set"))))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("port: x (expected: 0..65535) from SERMAS_BUS_PORT")
                .hasMessageContaining("mqtt-port: y (expected: 0..65535) from --set")
                .hasMessageContaining("did you mean port?) from --set");
    }

    @Test
    void variablesOfAServiceLinkAreIgnoredAndMisspeltOnesAreToldOf() throws Exception {
        Configuration configuration =
                ConfigurationLoader.load(
                        null,
                        Map.of(
                                "SERMAS_BUS_PORT", "tcp://10.0.0.1:8080",
                                "SERMAS_BUS_SERVICE_HOST", "10.0.0.1",
                                "SERMAS_BUS_PORT_8080_TCP_ADDR", "10.0.0.1",
                                "SERMAS_BUS_LOG_LEVEL", "",
                                "SERMAS_BUS_LOG_LEVL", "warn"),
                        List.of());

        assertThat(configuration.get(ListenerSettings.PORT)).isEqualTo(8080);
        assertThat(configuration.warnings())
                .containsExactly(
                        "SERMAS_BUS_LOG_LEVL in the environment is no setting; did you mean"
                                + " SERMAS_BUS_LOG_LEVEL?");
    }

    /// As `env` shows them in a pod beside services `sermas-bus-mqtt` and `sermas-bus-turn`.
    @Test
    void noPortIsTakenFromAServiceLinkOfKubernetes() throws Exception {
        Configuration configuration =
                ConfigurationLoader.load(
                        null,
                        Map.of(
                                "SERMAS_BUS_MQTT_PORT", "tcp://10.96.0.11:1883",
                                "SERMAS_BUS_MQTT_PORT_1883_TCP", "tcp://10.96.0.11:1883",
                                "SERMAS_BUS_MQTT_PORT_1883_TCP_PROTO", "tcp",
                                "SERMAS_BUS_MQTT_SERVICE_HOST", "10.96.0.11",
                                "SERMAS_BUS_MQTT_SERVICE_PORT", "1883",
                                "SERMAS_BUS_MQTT_SERVICE_PORT_PLAIN", "1883",
                                "SERMAS_BUS_TURN_PORT", "udp://10.96.0.12:3478",
                                "SERMAS_BUS_TURN_PORT_3478_UDP_ADDR", "10.96.0.12"),
                        List.of());

        assertThat(configuration.find(ListenerSettings.MQTT_PORT)).isEmpty();
        assertThat(configuration.warnings()).isEmpty();
    }

    @Test
    void aPortThatSomebodyWroteIsNoServiceLink() {
        assertThatThrownBy(
                        () ->
                                ConfigurationLoader.load(
                                        null,
                                        Map.of("SERMAS_BUS_MQTT_PORT", "http://10.96.0.11:1883"),
                                        List.of()))
                .hasMessageContaining("mqtt-port: http://10.96.0.11:1883");
        assertThat(ServiceLinks.isVariable("SERMAS_BUS_MQT_PORT", "1883")).isFalse();
    }

    @Test
    void anOpenBrokerStaysOnLoopbackUnlessToldOtherwise() throws Exception {
        assertThat(fromFile("open: true").bindAddress()).isEqualTo("localhost");
        assertThat(problemsOf("open: true\nbind: 0.0.0.0"))
                .containsExactly(
                        "bind: 0.0.0.0 (expected: a loopback address for an open broker, or"
                                + " --open-anywhere as well)");
        assertThat(fromFile("open: true\nbind: 0.0.0.0\nopen-anywhere: true").bindAddress())
                .isEqualTo("0.0.0.0");
    }

    @Test
    void secretsComeFromFilesAndVariablesAndAreMasked() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "from file\n");
        Configuration configuration =
                ConfigurationLoader.load(
                        write("auth.platform-secret-file: " + secret),
                        Map.of("ADMIN_USER", "root", "ADMIN_PASSWORD", "from variable"),
                        List.of());

        assertThat(configuration.platformSecret()).contains("from file");
        assertThat(configuration.adminPassword()).contains("from variable");
        assertThat(configuration.get(AdminSettings.USER)).isEqualTo("root");
        assertThat(String.join("\n", configuration.effective()))
                .contains("auth.admin.password: ***  # ADMIN_PASSWORD")
                .doesNotContain("from variable")
                .doesNotContain("from file");
    }

    @Test
    void appsAreDeclaredWithTheirModulesAndClients() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "s3cret\n");
        String yaml =
                """
                apps:
                  - appId: demo
                    public: true
                    token-lifetime: 7d
                    members: [4f1c]
                    modules:
                      - {moduleId: avatar, supports: [dialogue, ui.content], secret: "${AVATAR}"}
                    clients:
                      - {clientId: robot, secret-file: %s, permissions: ["robotics.*"],
                         token-lifetime: 20d}
                """
                        .formatted(secret);
        Configuration configuration =
                ConfigurationLoader.load(write(yaml), Map.of("AVATAR", "hidden"), List.of());

        assertThat(configuration.apps())
                .containsExactly(
                        new DeclaredApp(
                                "demo",
                                "demo",
                                true,
                                null,
                                Duration.ofDays(7),
                                List.of("4f1c"),
                                List.of(
                                        new DeclaredApp.Module(
                                                "avatar",
                                                null,
                                                "hidden",
                                                List.of("dialogue", "ui.content"))),
                                List.of(
                                        new DeclaredApp.Client(
                                                "robot",
                                                null,
                                                "s3cret",
                                                List.of("robotics.*"),
                                                Duration.ofDays(20)))));
        assertThat(String.join("\n", configuration.effective()))
                .contains("demo")
                .doesNotContain("hidden")
                .doesNotContain("s3cret");
    }

    @Test
    void issuersAreDeclared() throws Exception {
        String yaml =
                """
                identity:
                  issuers:
                    - name: keycloak
                      type: keycloak
                      issuer: http://localhost:8080/keycloak/realms/sermas-local
                      audiences: [account]
                      apps: ["*"]
                      roles: [platform-admin]
                      system-clients: [platform]
                      registry: true
                    - name: partner
                      issuer: https://login.example.org
                      jwks-url: https://login.example.org/keys
                      keys: {refresh: 1 min, keep: 2 d, timeout: 2}
                      algorithms: [ES256]
                      audiences: [bus]
                      clock-skew: 5
                      required-claims: {tier: [gold, silver], tenant: "*"}
                      claims: {client: client_id, grants: [https://example.org/grants]}
                      apps: [lab]
                      permissions: [ui]
                      clients:
                        robot-7: {app: lab, permissions: [robotics]}
                    - {name: old, issuer: legacy, shared-secret: "${OLD}", audiences: ["*"], apps: [a]}
                """;
        String secret = "0123456789abcdef0123456789abcdef";
        Configuration configuration =
                ConfigurationLoader.load(write(yaml), Map.of("OLD", secret), List.of());

        assertThat(configuration.issuers())
                .extracting(IssuerSettings::name)
                .containsExactly("keycloak", "partner", "old");
        IssuerSettings keycloak = configuration.issuers().getFirst();
        assertThat(keycloak.claims()).isEqualTo(Claims.KEYCLOAK);
        assertThat(keycloak.keys()).isEqualTo(new Keys.Fetched(null, KeyPolicy.DEFAULT));
        assertThat(keycloak.rules())
                .isEqualTo(
                        new Rules(
                                Algorithms.WITH_KEYS,
                                Set.of("account"),
                                Duration.ofSeconds(60),
                                Map.of("typ", Set.of("Bearer"))));
        assertThat(keycloak.trust())
                .isEqualTo(
                        new Trust(
                                Set.of("*"),
                                Set.of("platform-admin"),
                                Set.of("platform"),
                                true,
                                List.of(),
                                Map.of()));
        IssuerSettings partner = configuration.issuers().get(1);
        assertThat(partner.rules())
                .isEqualTo(
                        new Rules(
                                Set.of("ES256"),
                                Set.of("bus"),
                                Duration.ofSeconds(5),
                                Map.of(
                                        "tier", Set.of("gold", "silver"),
                                        "tenant", Set.of("*"))));
        assertThat(partner.claims().client()).isEqualTo(new ClaimPath("client_id"));
        assertThat(partner.claims().grants())
                .containsExactly(new ClaimPath("https://example.org/grants"));
        assertThat(partner.trust().clients())
                .isEqualTo(Map.of("robot-7", new KnownClient("lab", List.of("robotics"))));
        assertThat(configuration.issuers().getLast().keys()).isEqualTo(new Keys.Shared(secret));
        assertThat(String.join("\n", configuration.effective()))
                .contains("# issuer partner: https://login.example.org")
                .doesNotContain(secret);
    }

    @Test
    void badIssuersAreToldWithTheirPlace() {
        String yaml =
                """
                identity:
                  issuers:
                    - {name: a/b, issuer: "https://x", audiences: [a], apps: [a]}
                    - {issuers: x}
                    - {name: c, issuer: "https://x", type: saml, audiences: [a], apps: [a]}
                    - {name: c, issuer: "https://x", audiences: [a], apps: [a], algorithms: [HS256]}
                    - {name: d, issuer: "ftp://x", audiences: [a], apps: [a]}
                    - {name: e, issuer: "https://e", audiences: [a], apps: [a], clock-skew: 1 h}
                    - {name: e, issuer: "https://e", audiences: [a], apps: [a]}
                    - {name: f, issuer: x, audiences: [a], apps: [a], shared-secret: short}
                    - {name: g, issuer: "https://g", audiences: [a], apps: [a], permissions: [a/b/]}
                    - nonsense
                """;
        assertThat(problemsOf(yaml))
                .contains(
                        "identity.issuers[0]: name: 'a/b' (expected: [A-Za-z0-9_-]{1,32})"
                                + " (expected: an issuer that is in order)",
                        "identity.issuers[1].issuers: unknown key (expected: a known key; did you"
                                + " mean issuer?)",
                        "identity.issuers[1].audiences: not set (expected: a list, [\"*\"] for"
                                + " all)",
                        "identity.issuers[1].apps: not set (expected: a list, [\"*\"] for all)",
                        "identity.issuers[2].type: saml (expected: oidc or keycloak)",
                        "identity.issuers[5].clock-skew: 1 h (expected: a duration of 0 s..10"
                                + " min)",
                        "identity.issuers[6].name: e (expected: a name that no other issuer has)",
                        "identity.issuers[6].issuer: https://e (expected: each issuer once)",
                        "identity.issuers[9]: a single value (expected: a mapping)")
                .anyMatch(line -> line.startsWith("identity.issuers[3]: algorithms: 'HS256'"))
                .anyMatch(line -> line.startsWith("identity.issuers[4]: issuer: 'ftp://x'"))
                .anyMatch(line -> line.startsWith("identity.issuers[7]: shared-secret:"))
                .anyMatch(line -> line.startsWith("identity.issuers[8].permissions: permission"));
    }

    @Test
    void badAppsAreToldWithTheirPlace() {
        String yaml =
                """
                apps:
                  - appId: a/b
                    module: []
                    modules:
                      - {supports: [dialogue]}
                      - {moduleId: m, supports: ["dia/logue", 3]}
                      - {moduleId: m}
                    clients:
                      - {clientId: m, permissions: [ui], secret: "${NO_SUCH}"}
                  - nonsense
                """;
        assertThat(problemsOf(yaml))
                .contains(
                        "apps[0].module: unknown key (expected: a known key; did you mean"
                                + " modules?)",
                        "apps[0].appId: a/b (expected: 1..64 of A-Z a-z 0-9 . _ ~ -)",
                        "apps[0].modules[0].moduleId: not set (expected: 1..64 of A-Z a-z 0-9 ."
                                + " _ ~ -)",
                        "apps[0].modules[1].supports[0]: \"dia/logue\" (expected: a grant such as"
                                + " dialogue, dialogue.messages or *)",
                        "apps[0].modules[1].supports[1]: 3 (expected: a grant such as dialogue,"
                                + " dialogue.messages or *)",
                        "apps[0].modules[2].supports: not set (expected: a list of grants)",
                        "apps[0].modules[2]: m (expected: an id that is not there already)",
                        "apps[0].clients[0].clientId: m (expected: an id no module has)",
                        "apps[0].clients[0].secret: ${NO_SUCH} (expected: a variable that is set"
                                + " in the environment)",
                        "apps[1]: a single value (expected: a mapping)");
    }

    private Configuration fromFile(String yaml) throws IOException, InvalidConfiguration {
        return ConfigurationLoader.load(write(yaml), Map.of(), List.of());
    }

    private List<String> problemsOf(String yaml) {
        try {
            Configuration configuration = fromFile(yaml);
            throw new AssertionError("accepted: " + configuration.effective());
        } catch (InvalidConfiguration e) {
            return e.lines();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(directory.resolve("bus.yaml"), yaml);
    }
}
