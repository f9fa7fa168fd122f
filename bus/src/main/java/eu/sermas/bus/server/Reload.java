package eu.sermas.bus.server;

import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.InvalidConfiguration;
import eu.sermas.bus.config.setting.AdminSettings;
import eu.sermas.bus.config.setting.CatalogueSettings;
import eu.sermas.bus.config.setting.LogSettings;
import eu.sermas.bus.identity.Identity;
import eu.sermas.bus.identity.Registry;
import eu.sermas.bus.tls.Certificates;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the configuration again, puts into force what can be while clients are connected, and says
/// of everything else that it takes a restart. A configuration that is not right changes nothing.
///
/// What is taken over is what the registry, the catalogue and the log change while the bus runs
/// anyway. A limit is worked into budgets at the start, and one that shrank below what is held
/// would have to take it from somebody.
public final class Reload {

    /// Where the configuration comes from.
    public interface Source {
        Configuration load() throws InvalidConfiguration;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    private static final Set<String> TAKEN_OVER =
            Set.of(
                    LogSettings.LEVEL.key(),
                    CatalogueSettings.FILES.key(),
                    AdminSettings.USER.key(),
                    AdminSettings.PASSWORD.key(),
                    AdminSettings.PASSWORD_FILE.key());

    private final Identity identity;
    private final LiveCatalogue catalogue;
    private final @Nullable Certificates certificates;
    private final @Nullable Path dataDirectory;
    private final PrintStream console;

    // Guarded by this.
    private Configuration current;

    Reload(
            Configuration current,
            Identity identity,
            LiveCatalogue catalogue,
            @Nullable Certificates certificates,
            @Nullable Path dataDirectory,
            PrintStream console) {
        this.current = current;
        this.identity = identity;
        this.catalogue = catalogue;
        this.certificates = certificates;
        this.dataDirectory = dataDirectory;
        this.console = console;
    }

    /// @return what was done, one line
    /// @throws InvalidConfiguration where nothing was done, because the configuration is not right
    synchronized String reload(Source source) throws InvalidConfiguration {
        try {
            Configuration next = source.load();
            String done = apply(next);
            current = next;
            LOG.info("configuration read again: {}", done);
            return done;
        } catch (InvalidConfiguration e) {
            LOG.error("configuration not read again: {}", String.join("; ", e.lines()));
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            LOG.error("configuration not read again: {}", e.getMessage());
            throw InvalidConfiguration.ofLines(List.of(String.valueOf(e.getMessage())));
        }
    }

    private String apply(Configuration next) throws IOException, InvalidConfiguration {
        Logging.level(next);
        if (certificates != null) {
            certificates.refresh();
        }
        List<Path> files = next.get(CatalogueSettings.FILES);
        CatalogueFiles.enter(catalogue, files);
        for (Path before : current.get(CatalogueSettings.FILES)) {
            if (!files.contains(before)) {
                CatalogueFiles.leave(catalogue, before);
            }
        }
        MadeUpSecrets madeUp = MadeUpSecrets.of(dataDirectory, console);
        new FirstStart(identity, madeUp).apply(next);
        madeUp.forget();
        Registry registry = identity.registry();
        registry.leaving().forEach(registry::removeApp);
        return told(next);
    }

    private String told(Configuration next) {
        List<String> changed = new ArrayList<>();
        List<String> later = new ArrayList<>();
        for (String key : current.differences(next)) {
            (TAKEN_OVER.contains(key) ? changed : later).add(key);
        }
        if (!current.apps().equals(next.apps())) {
            changed.add("apps");
        }
        String done =
                changed.isEmpty() ? "nothing changed" : "changed " + String.join(", ", changed);
        return later.isEmpty() ? done : done + "; needs a restart: " + String.join(", ", later);
    }
}
