package eu.sermas.bus.config;

import eu.sermas.bus.config.setting.AdminSettings;
import eu.sermas.bus.config.setting.ListenerSettings;
import eu.sermas.bus.config.setting.Setting;
import eu.sermas.bus.config.setting.Settings;
import eu.sermas.bus.identity.CertificateSettings;
import eu.sermas.bus.identity.oidc.IssuerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The checked configuration of one run. Immutable.
public final class Configuration {

    static final String DEFAULT_SOURCE = "default";
    static final String FILE_SOURCE = "file";

    private static final String LOOPBACK = "localhost";

    /// A value and where it came from.
    record Value(Object value, String source) {}

    private final Map<Setting<?>, Value> values;
    private final List<DeclaredApp> apps;
    private final List<IssuerSettings> issuers;
    private final @Nullable CertificateSettings certificates;
    private final List<String> warnings;

    Configuration(
            Map<Setting<?>, Value> values,
            List<DeclaredApp> apps,
            List<IssuerSettings> issuers,
            @Nullable CertificateSettings certificates,
            List<String> warnings) {
        this.certificates = certificates;
        this.values = Map.copyOf(values);
        this.apps = List.copyOf(apps);
        this.issuers = List.copyOf(issuers);
        this.warnings = List.copyOf(warnings);
    }

    /// @throws IllegalStateException where the setting has neither a value nor a default
    public <T> T get(Setting<T> setting) {
        return find(setting)
                .orElseThrow(() -> new IllegalStateException(setting + " has no default"));
    }

    @SuppressWarnings("unchecked") // the loader puts in what the setting's own kind has read
    public <T> Optional<T> find(Setting<T> setting) {
        Value value = values.get(setting);
        return value == null
                ? Optional.ofNullable(setting.fallback())
                : Optional.of((T) value.value());
    }

    public boolean isSet(Setting<?> setting) {
        return values.containsKey(setting);
    }

    /// Where the listeners are bound: everywhere, unless an open broker is asked for.
    public String bindAddress() {
        return get(ListenerSettings.OPEN) && !isSet(ListenerSettings.BIND)
                ? LOOPBACK
                : get(ListenerSettings.BIND);
    }

    public Optional<String> adminPassword() {
        return find(AdminSettings.PASSWORD)
                .or(() -> find(AdminSettings.PASSWORD_FILE).flatMap(Secrets::read));
    }

    public Optional<String> platformSecret() {
        return find(AdminSettings.PLATFORM_SECRET)
                .or(() -> find(AdminSettings.PLATFORM_SECRET_FILE).flatMap(Secrets::read));
    }

    public List<DeclaredApp> apps() {
        return apps;
    }

    /// Other issuers whose tokens are accepted.
    public List<IssuerSettings> issuers() {
        return issuers;
    }

    /// What certificates of clients count for, or null for nothing.
    public @Nullable CertificateSettings certificates() {
        return certificates;
    }

    /// The keys whose values another configuration has otherwise, in the order of the reference;
    /// the apps are looked at by whoever keeps them.
    public List<String> differences(Configuration other) {
        List<String> keys = new ArrayList<>();
        for (Setting<?> setting : Settings.ALL) {
            if (!find(setting).equals(other.find(setting))) {
                keys.add(setting.key());
            }
        }
        if (!issuers.equals(other.issuers)) {
            keys.add("identity.issuers");
        }
        if (!Objects.equals(certificates, other.certificates)) {
            keys.add("identity.certificates");
        }
        return keys;
    }

    /// This configuration with these apps instead of those declared.
    public Configuration withApps(List<DeclaredApp> others) {
        return new Configuration(values, others, issuers, certificates, warnings);
    }

    /// What is odd but does no harm, a line each.
    public List<String> warnings() {
        return warnings;
    }

    /// Every setting with the value in force and where it came from, as YAML; secrets are masked.
    public List<String> effective() {
        List<String> lines = new ArrayList<>();
        for (Setting<?> setting : Settings.ALL) {
            lines.add(line(setting));
        }
        for (DeclaredApp app : apps) {
            lines.add("# app " + app.appId() + ": " + app.modules() + " " + app.clients());
        }
        for (IssuerSettings issuer : issuers) {
            lines.add("# issuer " + issuer.name() + ": " + issuer.issuer());
        }
        return lines;
    }

    private <T> String line(Setting<T> setting) {
        @Nullable Value value = values.get(setting);
        String source = value == null ? DEFAULT_SOURCE : value.source();
        if (setting == ListenerSettings.BIND) {
            return "bind: " + bindAddress() + "  # " + source;
        }
        return find(setting)
                .map(
                        found ->
                                setting.key()
                                        + ": "
                                        + (setting.isSecret()
                                                ? Secrets.MASK
                                                : setting.kind().writer().apply(found))
                                        + "  # "
                                        + source)
                .orElse("# " + setting.key() + " is not set");
    }
}
