package eu.sermas.bus.cli;

import eu.sermas.bus.config.CommandLineValue;
import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.ConfigurationLoader;
import eu.sermas.bus.config.InvalidConfiguration;
import eu.sermas.bus.server.StartChecks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of `serve` and `check-config`. An option with a name of its own is short for `--set`
/// with that key, so that values are checked in one place; they are texts here for that reason.
final class ConfigurationOptions {

    @Option(names = "--config", paramLabel = "FILE", description = "Configuration in YAML.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets any key of the configuration; wins over file and environment.")
    private Map<String, String> values = new LinkedHashMap<>();

    @Option(names = "--bind", paramLabel = "ADDR", description = "Address to listen at.")
    private @Nullable String bind;

    @Option(names = "--port", paramLabel = "N", description = "The one port; default 8080.")
    private @Nullable String port;

    @Option(names = "--mqtt-port", paramLabel = "N", description = "A further MQTT listener.")
    private @Nullable String mqttPort;

    @Option(names = "--data-dir", paramLabel = "DIR", description = "Default ./data.")
    private @Nullable String dataDir;

    @Option(names = "--open", description = "Plain broker: no credentials, every topic allowed.")
    private boolean open;

    @Option(names = "--open-anywhere", description = "Lets an open broker listen everywhere.")
    private boolean openAnywhere;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "Certificate chain, PEM.")
    private @Nullable String tlsCert;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Private key, PEM.")
    private @Nullable String tlsKey;

    @Option(names = "--tls-self-signed", description = "Makes a certificate, for trying TLS.")
    private boolean tlsSelfSigned;

    /// Reads it, and finds what can be known to be wrong before anything is begun.
    Configuration load() throws InvalidConfiguration {
        Configuration configuration =
                ConfigurationLoader.load(file, System.getenv(), commandLine());
        StartChecks.check(configuration);
        return configuration;
    }

    private List<CommandLineValue> commandLine() {
        List<CommandLineValue> list = new ArrayList<>();
        values.forEach((key, value) -> list.add(new CommandLineValue(key, value, "--set")));
        add(list, "bind", bind, "--bind");
        add(list, "port", port, "--port");
        add(list, "mqtt-port", mqttPort, "--mqtt-port");
        add(list, "data-dir", dataDir, "--data-dir");
        add(list, "open", open ? "true" : null, "--open");
        add(list, "open-anywhere", openAnywhere ? "true" : null, "--open-anywhere");
        add(list, "tls.cert", tlsCert, "--tls-cert");
        add(list, "tls.key", tlsKey, "--tls-key");
        add(list, "tls.self-signed", tlsSelfSigned ? "true" : null, "--tls-self-signed");
        return list;
    }

    private static void add(
            List<CommandLineValue> list, String key, @Nullable String value, String option) {
        if (value != null) {
            list.add(new CommandLineValue(key, value, option));
        }
    }
}
