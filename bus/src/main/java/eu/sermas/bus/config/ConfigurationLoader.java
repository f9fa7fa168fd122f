package eu.sermas.bus.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import eu.sermas.bus.config.setting.AdminSettings;
import eu.sermas.bus.config.setting.ListenerSettings;
import eu.sermas.bus.config.setting.Setting;
import eu.sermas.bus.config.setting.Settings;
import eu.sermas.bus.config.setting.TlsSettings;
import eu.sermas.bus.identity.CertificateSettings;
import eu.sermas.bus.identity.oidc.IssuerSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Lays the sources over each other, lowest first: defaults, the file, the environment, the command
/// line. Then reads every value and finds every problem before it gives up.
public final class ConfigurationLoader {

    private static final String APPS = "apps";
    private static final String IDENTITY = "identity";
    private static final String ISSUERS = "issuers";
    private static final String CERTIFICATES = "certificates";

    /// What is no single value, and read as a whole.
    private static final List<String> LISTS =
            List.of(APPS, IDENTITY + "." + ISSUERS, IDENTITY + "." + CERTIFICATES);

    /// Variables of the launcher and of the commands that are no settings.
    private static final List<String> OTHER_VARIABLES =
            List.of(
                    "SERMAS_BUS_JAVA_OPTS",
                    "SERMAS_BUS_JAVA_PLACES",
                    "SERMAS_BUS_SECRET",
                    "SERMAS_BUS_TOKEN");

    /// A value that has not been read yet; `text` is null where it is no single value.
    private record Raw(@Nullable String text, String shown, @Nullable String source) {}

    private final Map<String, String> environment;
    private final Map<String, Setting<?>> settings = new LinkedHashMap<>();

    private final Map<String, Raw> raw = new LinkedHashMap<>();
    private final Map<Setting<?>, Configuration.Value> values = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private ConfigurationLoader(Map<String, String> environment) {
        this.environment = environment;
        for (Setting<?> setting : Settings.ALL) {
            settings.put(setting.key(), setting);
        }
    }

    /// @param file null for none
    /// @throws InvalidConfiguration with all problems at once
    public static Configuration load(
            @Nullable Path file,
            Map<String, String> environment,
            List<CommandLineValue> commandLine)
            throws InvalidConfiguration {
        JsonNode root =
                file == null ? JsonNodeFactory.instance.objectNode() : ConfigurationFile.read(file);
        return new ConfigurationLoader(environment).load(root, commandLine);
    }

    private Configuration load(JsonNode root, List<CommandLineValue> commandLine)
            throws InvalidConfiguration {
        flatten("", root);
        readEnvironment();
        commandLine.forEach(this::override);
        raw.forEach((key, found) -> settle(found, settings.get(key)));
        DeclaredAppReader appReader = new DeclaredAppReader(environment, problems);
        List<DeclaredApp> apps = root.has(APPS) ? appReader.read(APPS, root.get(APPS)) : List.of();
        IssuerReader issuerReader = new IssuerReader(environment, problems);
        List<IssuerSettings> issuers =
                issuerReader.read(IDENTITY + "." + ISSUERS, root.path(IDENTITY).path(ISSUERS));
        CertificateSettings certificates =
                issuerReader.readCertificates(
                        IDENTITY + "." + CERTIFICATES, root.path(IDENTITY).path(CERTIFICATES));
        Configuration configuration =
                new Configuration(values, apps, issuers, certificates, warnings);
        if (problems.isEmpty()) {
            checkTogether(configuration);
        }
        if (!problems.isEmpty()) {
            throw InvalidConfiguration.because(problems);
        }
        return configuration;
    }

    private void flatten(String prefix, JsonNode node) {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String key = prefix + entry.getKey();
            JsonNode value = entry.getValue();
            if (settings.containsKey(key)) {
                readFromFile(key, value);
            } else if (isSection(key)) {
                flattenSection(key, value);
            } else if (!LISTS.contains(key)) {
                reportUnknown(key, null);
            }
        }
    }

    private void flattenSection(String key, JsonNode value) {
        if (value.isObject()) {
            flatten(key + ".", value);
        } else {
            report(key, "a " + ConfigurationFile.kindOf(value), "a section with keys", null);
        }
    }

    private void readFromFile(String key, JsonNode value) {
        if (!value.isValueNode() || value.isNull()) {
            String kind = "a " + ConfigurationFile.kindOf(value);
            put(key, new Raw(null, kind, null));
            return;
        }
        String text = value.asText();
        Optional<String> resolved = Secrets.resolve(text, environment);
        if (resolved.isEmpty()) {
            report(key, text, "a variable that is set in the environment", null);
        } else {
            put(key, new Raw(resolved.get(), text, null));
        }
    }

    private void put(String key, Raw value) {
        if (raw.put(key, value) != null) {
            report(key, value.shown(), "one value, not several for the same key", null);
        }
    }

    private void readEnvironment() {
        Map<String, Setting<?>> byVariable = new HashMap<>();
        for (Setting<?> setting : Settings.ALL) {
            byVariable.put(setting.variable(), setting);
            String alias = setting.alias();
            if (alias != null && environment.containsKey(alias)) {
                fromVariable(setting, alias, environment.getOrDefault(alias, ""));
            }
        }
        new TreeMap<>(environment)
                .forEach(
                        (name, value) -> {
                            Setting<?> setting = byVariable.get(name);
                            if (setting != null) {
                                fromVariable(setting, name, value);
                            } else {
                                warnAbout(name, value, byVariable);
                            }
                        });
    }

    /// An empty variable is one that is not set: compose files cannot leave it out.
    private void fromVariable(Setting<?> setting, String name, String value) {
        if (!value.isEmpty() && !ServiceLinks.isAddressFor(setting, value)) {
            raw.put(setting.key(), new Raw(value, value, name));
        }
    }

    private void warnAbout(String name, String value, Map<String, Setting<?>> byVariable) {
        if (Setting.isOurVariable(name)
                && !OTHER_VARIABLES.contains(name)
                && !ServiceLinks.isVariable(name, value)) {
            warnings.add(
                    name
                            + " in the environment is no setting"
                            + Suggestion.nearest(name, byVariable.keySet())
                                    .map(near -> "; did you mean " + near + "?")
                                    .orElse(""));
        }
    }

    private void override(CommandLineValue value) {
        if (settings.containsKey(value.key())) {
            raw.put(value.key(), new Raw(value.value(), value.value(), value.source()));
        } else {
            reportUnknown(value.key(), value.source());
        }
    }

    private <T> void settle(Raw found, @Nullable Setting<T> setting) {
        if (setting == null) {
            return;
        }
        Optional<T> value =
                Optional.ofNullable(found.text())
                        .map(String::strip)
                        .flatMap(text -> setting.kind().reader().apply(text));
        if (value.isEmpty()) {
            boolean mask = setting.isSecret() && found.text() != null;
            String shown = mask ? Secrets.MASK : found.shown();
            report(setting.key(), shown, setting.kind().expected(), found.source());
        } else {
            String source = found.source();
            values.put(
                    setting,
                    new Configuration.Value(
                            value.get(), source == null ? Configuration.FILE_SOURCE : source));
        }
    }

    /// What one value alone does not show; only asked once every value is right by itself.
    private void checkTogether(Configuration configuration) {
        checkExposure(configuration);
        checkFile(configuration, TlsSettings.CERT);
        checkFile(configuration, TlsSettings.KEY);
        checkFile(configuration, TlsSettings.KEY_PASSWORD_FILE);
        checkPair(configuration, TlsSettings.KEY, TlsSettings.CERT);
        checkPair(configuration, TlsSettings.KEY_PASSWORD_FILE, TlsSettings.CERT);
        checkClientCertificates(configuration);
        if (configuration.get(TlsSettings.SELF_SIGNED) && configuration.isSet(TlsSettings.CERT)) {
            report("tls.self-signed", "true", "false where tls.cert is given", null);
        }
        checkSecretFile(configuration, AdminSettings.PASSWORD_FILE, AdminSettings.PASSWORD);
        checkSecretFile(
                configuration, AdminSettings.PLATFORM_SECRET_FILE, AdminSettings.PLATFORM_SECRET);
        int port = configuration.get(ListenerSettings.PORT);
        if (port != 0 && configuration.find(ListenerSettings.MQTT_PORT).equals(Optional.of(port))) {
            report("mqtt-port", String.valueOf(port), "another port than `port`", null);
        }
    }

    private void checkClientCertificates(Configuration configuration) {
        checkFile(configuration, TlsSettings.CLIENT_CA);
        boolean asked = configuration.get(TlsSettings.CLIENT_AUTH) != TlsSettings.ClientAuth.NONE;
        boolean tls =
                configuration.isSet(TlsSettings.CERT) || configuration.get(TlsSettings.SELF_SIGNED);
        if (asked && !configuration.isSet(TlsSettings.CLIENT_CA)) {
            report("tls.client-ca", "not set", "a path, because tls.client-auth is set", null);
        }
        if (asked && !tls) {
            report("tls.cert", "not set", "a path, because tls.client-auth is set", null);
        }
        if (!asked && configuration.certificates() != null) {
            report(
                    "tls.client-auth",
                    "none",
                    "optional or required, because identity.certificates is set",
                    null);
        }
    }

    private void checkExposure(Configuration configuration) {
        if (configuration.get(ListenerSettings.OPEN)
                && !configuration.get(ListenerSettings.OPEN_ANYWHERE)) {
            String address = configuration.bindAddress();
            if (!isLoopback(address)) {
                report(
                        "bind",
                        address,
                        "a loopback address for an open broker, or --open-anywhere as well",
                        null);
            }
        }
    }

    private static boolean isLoopback(String address) {
        try {
            for (InetAddress candidate : InetAddress.getAllByName(address)) {
                if (!candidate.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException _) {
            return false;
        }
    }

    private void checkFile(Configuration configuration, Setting<Path> setting) {
        configuration
                .find(setting)
                .filter(file -> !Files.isReadable(file) || Files.isDirectory(file))
                .ifPresent(file -> report(setting.key(), file.toString(), "a readable file", null));
    }

    private void checkPair(Configuration configuration, Setting<Path> one, Setting<Path> other) {
        if (configuration.isSet(one) && !configuration.isSet(other)) {
            report(other.key(), "not set", "a path, because " + one + " is set", null);
        }
    }

    private void checkSecretFile(
            Configuration configuration, Setting<Path> setting, Setting<String> secret) {
        configuration
                .find(setting)
                .ifPresent(
                        file -> {
                            String found = file.toString();
                            if (configuration.isSet(secret)) {
                                report(
                                        setting.key(),
                                        found,
                                        "no file, because " + secret + " is set",
                                        null);
                            } else if (Secrets.read(file).isEmpty()) {
                                report(setting.key(), found, Secrets.FILE_EXPECTED, null);
                            }
                        });
    }

    private boolean isSection(String key) {
        return Stream.concat(settings.keySet().stream(), LISTS.stream())
                .anyMatch(known -> known.startsWith(key + "."));
    }

    private void reportUnknown(String key, @Nullable String source) {
        String hint =
                Suggestion.nearest(key, settings.keySet())
                        .map(near -> "a known key; did you mean " + near + "?")
                        .orElse("a known key; `sermas-bus check-config --keys` lists them");
        report(key, "unknown key", hint, source);
    }

    private void report(String path, String value, String expected, @Nullable String source) {
        problems.add(new Problem(path, value, expected, source));
    }
}
