package eu.sermas.bus.server;

import eu.sermas.bus.audit.AuditEntry;
import eu.sermas.bus.audit.AuditLog;
import eu.sermas.bus.audit.Denied;
import eu.sermas.bus.identity.IdentityEvent;
import eu.sermas.bus.identity.IdentityEvent.AppChanged;
import eu.sermas.bus.identity.IdentityEvent.AppModuleChanged;
import eu.sermas.bus.identity.IdentityEvent.ClientChanged;
import eu.sermas.bus.identity.IdentityEvent.KeyRotated;
import eu.sermas.bus.identity.IdentityEvent.Operation;
import eu.sermas.bus.identity.IdentityEvent.PlatformModuleChanged;
import eu.sermas.bus.identity.IdentityEvent.PrincipalRemoved;
import eu.sermas.bus.identity.IdentityEvent.RightsChanged;
import eu.sermas.bus.identity.IdentityEvent.SecretRotated;
import eu.sermas.bus.identity.IdentityEvent.TokenIssued;
import eu.sermas.bus.identity.IdentityEvent.TokensRevoked;
import eu.sermas.bus.identity.IdentityEvent.UserCreated;
import eu.sermas.bus.identity.IdentityEvent.UserDeleted;
import eu.sermas.bus.identity.IdentityEvent.UserLoggedIn;
import eu.sermas.bus.identity.IdentityEvent.UserUpdated;
import eu.sermas.bus.identity.Revocation;
import eu.sermas.bus.identity.User;
import eu.sermas.bus.rest.caller.Actor;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Puts into the audit log what happens to identities, and what is refused. The events hold no
/// secrets, and of their records only what tells one from another gets in.
final class AuditTrail implements Consumer<IdentityEvent> {

    private static final Actor NOBODY = new Actor("", "");

    private final AuditLog log;
    private final InstantSource clock;

    AuditTrail(AuditLog log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
    }

    @Override
    public void accept(IdentityEvent event) {
        switch (event) {
            case TokenIssued token ->
                    add(
                            "token-issued",
                            "app",
                            token.appId(),
                            "client",
                            token.clientId(),
                            "type",
                            lower(token.tokenType()));
            case UserLoggedIn(@Nullable String appId, User user) ->
                    add(
                            "user-logged-in",
                            "app",
                            appId,
                            "user",
                            user.userId(),
                            "name",
                            user.username());
            case UserCreated(User user) -> user("user-created", user);
            case UserUpdated(User user, _) -> user("user-updated", user);
            case UserDeleted(User user) -> user("user-deleted", user);
            case ClientChanged(Operation operation, String appId, var client) ->
                    add(
                            "client-" + lower(operation),
                            "app",
                            appId,
                            "client",
                            client.id(),
                            "permissions",
                            client.permissions());
            case SecretRotated(String appId, String clientId, @Nullable Instant until) ->
                    add(
                            "client-secret-rotated",
                            "app",
                            appId,
                            "client",
                            clientId,
                            "formerUntil",
                            until == null ? null : until.toString());
            case AppChanged(Operation operation, var app) ->
                    add("app-" + lower(operation), "app", app.appId(), "owner", app.ownerId());
            case AppModuleChanged(Operation operation, String appId, var module) ->
                    add(
                            "module-" + lower(operation),
                            "app",
                            appId,
                            "module",
                            module.moduleId(),
                            "supports",
                            module.supports());
            case PlatformModuleChanged(Operation operation, var module) ->
                    add("platform-module-" + lower(operation), "module", module.moduleId());
            case PrincipalRemoved(String principalId, String reason) ->
                    add("principal-removed", "principal", principalId, "reason", reason);
            case TokensRevoked(Revocation revoked) ->
                    add(
                            "tokens-revoked",
                            "app",
                            revoked.appId(),
                            "by",
                            lower(revoked.kind()),
                            "id",
                            revoked.id());
            case KeyRotated(String keyId) -> add("issuer-key-rotated", "key", keyId);
            case RightsChanged _ -> {} // follows from what was changed, which is there
        }
    }

    private void user(String event, User user) {
        add(
                event,
                "user",
                user.userId(),
                "name",
                user.username(),
                "enabled",
                user.enabled(),
                "roles",
                List.copyOf(user.roles()));
    }

    /// What was refused, as the feed puts it together: one line for many of a kind.
    void denied(Denied denied) {
        log.add(
                new AuditEntry(
                        clock.millis(),
                        "denied",
                        denied.principal(),
                        denied.address(),
                        details(
                                "app",
                                denied.appId(),
                                "action",
                                denied.action(),
                                "client",
                                denied.client(),
                                "topic",
                                denied.topic(),
                                "rule",
                                denied.rule(),
                                "reason",
                                denied.reason(),
                                "count",
                                denied.count(),
                                "since",
                                denied.since())));
    }

    /// @param details names and values by turns
    private void add(String event, @Nullable Object... details) {
        Actor current = Actor.current();
        Actor actor = current == null ? NOBODY : current;
        log.add(
                new AuditEntry(
                        clock.millis(),
                        event,
                        actor.principal(),
                        actor.address(),
                        details(details)));
    }

    private static Map<String, Object> details(@Nullable Object... namesAndValues) {
        Map<String, Object> details = new HashMap<>();
        for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            if (value != null && !value.equals("")) {
                details.put(String.valueOf(namesAndValues[i]), value);
            }
        }
        return details;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
