package eu.sermas.bus.cli;

import eu.sermas.bus.cli.common.Version;
import eu.sermas.bus.config.CommandLineValue;
import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.ConfigurationLoader;
import eu.sermas.bus.config.DeclaredApp;
import eu.sermas.bus.config.InvalidConfiguration;
import eu.sermas.bus.server.Bus;
import eu.sermas.bus.server.Listeners;
import eu.sermas.bus.server.Shutdown;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "dev",
        description = "Runs the bus with a demo application, on loopback and in memory.",
        footer = {"  sermas-bus dev --port 9000", "  sermas-bus dev --tls-self-signed"},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class DevCommand implements Callable<Integer> {

    static final String APP = "myapp";
    static final String CLIENT = "my-app-client";
    static final String SECRET = "secret-password";
    private static final String ADMIN = "admin";

    static final DeclaredApp DEMO =
            new DeclaredApp(
                    APP,
                    "Demo application",
                    false,
                    null,
                    null,
                    null,
                    List.of(
                            new DeclaredApp.Module(
                                    CLIENT,
                                    "Demo client",
                                    SECRET,
                                    List.of(
                                            "dialogue",
                                            "detection",
                                            "ui",
                                            "session",
                                            "platform",
                                            "performance"))),
                    List.of());

    @Option(names = "--port", paramLabel = "N", description = "Default 8080; 0 takes a free one.")
    private String port = "8080";

    @Option(names = "--tls-self-signed", description = "Answers TLS on the same port as well.")
    private boolean tlsSelfSigned;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the field
    DevCommand() {}

    @Override
    public Integer call() throws Exception {
        Configuration configuration = configuration(port, tlsSelfSigned);
        Shutdown.runUntilSignal(
                () -> Bus.start(configuration, Bus.Storage.MEMORY, System.err),
                bus -> {
                    Listeners listeners = bus.listeners();
                    int port = listeners.main().getPort();
                    spec.commandLine().getOut().print(hints(port));
                    listeners
                            .trust()
                            .ifPresent(
                                    trust ->
                                            spec.commandLine()
                                                    .getOut()
                                                    .print(tlsHints(port, trust)));
                    spec.commandLine().getOut().println();
                    spec.commandLine().getOut().flush();
                });
        return 0;
    }

    /// The environment of the user stays out of it, so that a demo is the same everywhere.
    static Configuration configuration(String port, boolean tlsSelfSigned)
            throws InvalidConfiguration {
        List<CommandLineValue> values = new ArrayList<>();
        values.add(new CommandLineValue("bind", "localhost", "dev"));
        values.add(new CommandLineValue("port", port, "--port"));
        values.add(new CommandLineValue("auth.admin.user", ADMIN, "dev"));
        values.add(new CommandLineValue("auth.admin.password", ADMIN, "dev"));
        values.add(new CommandLineValue("tls.self-signed", String.valueOf(tlsSelfSigned), "dev"));
        return ConfigurationLoader.load(null, Map.of(), values).withApps(List.of(DEMO));
    }

    private static String hints(int port) {
        return """
        sermas-bus is ready on port %1$d, for this machine only; all is gone when it ends.
        App %2$s, client %3$s, secret %4$s; administrator %5$s, password %5$s.

        A token:
          curl -s http://localhost:%1$d/api/platform/token -H 'Content-Type: application/json' \\
            -d '{"appId":"%2$s","clientId":"%3$s","clientSecret":"%4$s"}'
          TOKEN=$(./sermas-bus token --url http://localhost:%1$d --app %2$s --client %3$s --secret %4$s)
        A subscription, in another terminal:
          ./sermas-bus sub --url mqtt://localhost:%1$d --token "$TOKEN" -v -t 'app/%2$s/ui/#'
          mosquitto_sub -p %1$d -u "$TOKEN" -P any -v -t 'app/%2$s/ui/#'
        A publish:
          ./sermas-bus pub --url mqtt://localhost:%1$d --token "$TOKEN" -t app/%2$s/ui/content -m '{"text":"hello"}'
          mosquitto_pub -p %1$d -u "$TOKEN" -P any -t app/%2$s/ui/content -m '{"text":"hello"}'
        """
                .formatted(port, APP, CLIENT, SECRET, ADMIN);
    }

    private static String tlsHints(int port, Path trust) {
        return """
        The same in TLS (mqtts://localhost:%1$d, wss://localhost:%1$d/mqtt, https://localhost:%1$d), for who trusts this file:
          ./sermas-bus sub --url mqtts://localhost:%1$d --cafile %3$s --token "$TOKEN" -v -t 'app/%2$s/ui/#'
          mosquitto_sub -h localhost -p %1$d --cafile %3$s -u "$TOKEN" -P any -v -t 'app/%2$s/ui/#'
        """
                .formatted(port, APP, trust);
    }
}
