package eu.sermas.bus.server;

import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.DeclaredApp;
import eu.sermas.bus.config.setting.AdminSettings;
import eu.sermas.bus.config.setting.OpennessSettings;
import eu.sermas.bus.identity.App;
import eu.sermas.bus.identity.AppClient;
import eu.sermas.bus.identity.AppModule;
import eu.sermas.bus.identity.Identity;
import eu.sermas.bus.identity.User;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the registry in step with the configuration: the administrator and the declared apps.
/// Secrets that have to be made up are shown by [MadeUpSecrets] and never logged.
final class FirstStart {

    private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);

    private static final String LETTERS =
            "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"; // none looks like another
    private static final int PASSWORD_LENGTH = 20;

    private final Identity identity;
    private final MadeUpSecrets madeUp;

    FirstStart(Identity identity, MadeUpSecrets madeUp) {
        this.identity = identity;
        this.madeUp = madeUp;
    }

    void apply(Configuration configuration) throws IOException {
        makeAdmin(configuration);
        for (AppClient client : identity.registry().declare(apps(configuration))) {
            madeUp.show(
                    "Secret of client " + client.clientId() + " of app " + client.appId(),
                    Objects.requireNonNull(client.secret(), "a secret that was made up"));
        }
        configuration.apps().forEach(this::makeMembers);
        madeUp.showAgain();
        warn(configuration);
        DeclaredPeople.unknown(configuration, id -> identity.users().user(id).isPresent())
                .forEach(LOG::warn);
    }

    private static void warn(Configuration configuration) {
        if (configuration.get(OpennessSettings.MEMBERSHIP)) {
            LOG.warn("identity.open-membership: every account is a member of every app");
        }
        if (configuration.get(OpennessSettings.PERMISSIONS)) {
            LOG.warn(
                    "identity.default-permissions: a client that is made without permissions may do"
                            + " everything in its app");
        }
    }

    private void makeMembers(DeclaredApp app) {
        List<String> members = app.members();
        if (members != null
                && !Set.copyOf(members)
                        .equals(
                                Set.copyOf(
                                        identity.registry().members(app.appId()).orElseThrow()))) {
            var _ = identity.registry().changeMembers(app.appId(), _ -> Set.copyOf(members));
        }
    }

    private void makeAdmin(Configuration configuration) throws IOException {
        String name = configuration.get(AdminSettings.USER);
        Optional<String> password = configuration.adminPassword();
        if (password.isPresent()) {
            identity.users().setAdmin(name, password.get());
        } else if (!identity.users().hasAdmin()) {
            String random = randomPassword();
            identity.users().setAdmin(name, random);
            madeUp.show("Password of the administrator " + name, random);
        }
    }

    private static String randomPassword() {
        SecureRandom random = new SecureRandom();
        StringBuilder password = new StringBuilder();
        for (int i = 0; i < PASSWORD_LENGTH; i++) {
            password.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return password.toString();
    }

    private List<App> apps(Configuration configuration) {
        return apps(
                configuration,
                identity.users()
                        .named(configuration.get(AdminSettings.USER))
                        .map(User::userId)
                        .orElse(""));
    }

    /// @param admin who owns the apps that name no owner
    static List<App> apps(Configuration configuration, String admin) {
        return configuration.apps().stream().map(app -> app(app, admin)).toList();
    }

    private static App app(DeclaredApp app, String admin) {
        String ownerId = app.ownerId() == null ? admin : app.ownerId();
        return new App(
                app.appId(),
                app.isPublic(),
                app.name(),
                null,
                ownerId,
                app.modules().stream().map(module -> module(app, module)).toList(),
                app.clients().stream().map(client -> client(app, client)).toList(),
                null,
                null,
                null,
                null,
                null,
                seconds(app.tokenLifetime()),
                Map.of());
    }

    /// 0 says that nothing is said, so that what was is taken back.
    private static long seconds(@Nullable Duration lifetime) {
        return lifetime == null ? 0 : lifetime.toSeconds();
    }

    private static AppModule module(DeclaredApp app, DeclaredApp.Module module) {
        return new AppModule(
                app.appId(),
                module.moduleId(),
                null,
                module.name(),
                null,
                module.supports(),
                null,
                module.secret(),
                Map.of());
    }

    private static AppClient client(DeclaredApp app, DeclaredApp.Client client) {
        return new AppClient(
                app.appId(),
                client.name(),
                client.clientId(),
                client.secret(),
                client.permissions(),
                seconds(client.tokenLifetime()));
    }
}
