package eu.sermas.bus.server;

import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.InvalidConfiguration;
import eu.sermas.bus.config.setting.AuditSettings;
import eu.sermas.bus.config.setting.CatalogueSettings;
import eu.sermas.bus.config.setting.ListenerSettings;
import eu.sermas.bus.config.setting.TlsSettings;
import eu.sermas.bus.identity.DeclaredApps;
import eu.sermas.bus.store.Folders;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What this machine has to say about a configuration that is right by itself: an address that is
/// of another machine, a key that belongs to another certificate, a folder that takes no file, an
/// app that cannot be as it is declared. `check-config` and `serve` both ask here, so that the one
/// refuses what the other would. Nothing is left behind and no port is opened.
public final class StartChecks {

    private final Configuration configuration;
    private final List<String> problems = new ArrayList<>();

    private StartChecks(Configuration configuration) {
        this.configuration = configuration;
    }

    /// @throws InvalidConfiguration with all problems at once
    public static void check(Configuration configuration) throws InvalidConfiguration {
        StartChecks checks = new StartChecks(configuration);
        checks.checkAddress();
        checks.checkCertificates();
        checks.checkFolder("data-dir", configuration.get(ListenerSettings.DATA_DIR));
        if (configuration.get(AuditSettings.TO) == AuditSettings.AuditTarget.FILE) {
            configuration
                    .find(AuditSettings.FILE)
                    .ifPresent(
                            file ->
                                    checks.checkFolder(
                                            "audit.file", Folders.parent(file.toAbsolutePath())));
        }
        checks.checkCatalogueAndApps();
        if (!checks.problems.isEmpty()) {
            throw InvalidConfiguration.ofLines(checks.problems);
        }
    }

    /// What the start would warn of, a line each.
    public static List<String> warnings(Configuration configuration) {
        return DeclaredPeople.unknownInRecords(configuration);
    }

    private void checkAddress() {
        String host = configuration.bindAddress();
        try (ServerSocket socket = new ServerSocket()) {
            // Any free port: the one that is wanted may be taken by the bus that runs already.
            socket.bind(new InetSocketAddress(Listeners.resolve(host).getFirst(), 0));
        } catch (IOException _) {
            problems.add(
                    "bind: " + host + " (expected: an address or a host name of this machine)");
        }
    }

    private void checkCertificates() {
        if (configuration.get(TlsSettings.SELF_SIGNED)) {
            return; // they are made, which takes its time
        }
        try {
            var _ = Listeners.certificates(configuration, null);
        } catch (IOException | IllegalArgumentException e) {
            problems.add("tls.cert: " + e.getMessage());
        }
    }

    /// Only the attempt shows it: of a file system that is mounted read-only, or one such as
    /// `/proc`, permissions say nothing.
    private void checkFolder(String key, Path folder) {
        try {
            Files.delete(Files.createTempDirectory(Folders.existing(folder), ".sermas-bus-check-"));
        } catch (IOException | UnsupportedOperationException _) {
            problems.add(key + ": " + folder + " (expected: a folder that can be written to)");
        }
    }

    /// The apps may have grants of topics that the files add.
    private void checkCatalogueAndApps() {
        LiveCatalogue catalogue = new LiveCatalogue(RoomSettings.catalogueLimits(configuration));
        try {
            CatalogueFiles.enter(catalogue, configuration.get(CatalogueSettings.FILES));
            DeclaredApps.check(
                    FirstStart.apps(configuration, "admin"),
                    RoomSettings.identitySettings(configuration, null),
                    catalogue);
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }
}
