package eu.sermas.bus.rest.identity;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.audit.Denied;
import eu.sermas.bus.identity.App;
import eu.sermas.bus.identity.AppClient;
import eu.sermas.bus.identity.AppModule;
import eu.sermas.bus.identity.IdentityEvent;
import eu.sermas.bus.identity.IdentityEvent.AppChanged;
import eu.sermas.bus.identity.IdentityEvent.AppModuleChanged;
import eu.sermas.bus.identity.IdentityEvent.ClientChanged;
import eu.sermas.bus.identity.IdentityEvent.KeyRotated;
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
import eu.sermas.bus.identity.PlatformModule;
import eu.sermas.bus.identity.User;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.rest.http.Json;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the bus what happened to identities, in the envelope that clients of the platform know:
/// JSON, QoS 0, not retained. The events hold no secret when they come here, and none is added.
///
/// What happens to people apart from any app goes to the app `platform`, which is reserved: only
/// system clients and administrators can read there. Changes of rights are no news for anybody.
public final class EventPublisher implements Consumer<IdentityEvent> {

    private static final Logger LOG = LoggerFactory.getLogger(EventPublisher.class);

    private static final String PLATFORM = "platform";

    private final Consumer<Message> publisher;
    private final InstantSource clock;

    /// @param publisher publishes in the name of the platform: the broker
    public EventPublisher(Consumer<Message> publisher, InstantSource clock) {
        this.publisher = publisher;
        this.clock = clock;
    }

    /// Never throws: what cannot be told must not undo what has happened.
    @Override
    public void accept(IdentityEvent event) {
        try {
            publish(event);
        } catch (RuntimeException e) {
            LOG.error("{} not published", event.getClass().getSimpleName(), e);
        }
    }

    /// Tells the owner of an app what was refused there. Never throws.
    public void denied(Denied denied) {
        String appId = denied.appId();
        if (appId == null) {
            return;
        }
        try {
            ObjectNode body = Json.MAPPER.valueToTree(denied);
            Topic topic = Topic.of("app/" + appId + "/access/denied");
            publisher.accept(Message.of(topic, Json.write(body), QoS.AT_MOST_ONCE));
        } catch (RuntimeException e) {
            LOG.error("refusal not published", e);
        }
    }

    private void publish(IdentityEvent event) {
        switch (event) {
            case TokenIssued token -> send(token.appId(), "platform/token", tokenOf(token));
            case UserLoggedIn(@Nullable String appId, User user) ->
                    send(appId == null ? PLATFORM : appId, "auth/login", user, user.enabled());
            case UserCreated(User user) -> send(PLATFORM, "auth/create", user, user.enabled());
            case UserUpdated(User user, _) -> send(PLATFORM, "auth/update", user, user.enabled());
            // The platform has no other word for it; nobody comes in by the account any more.
            case UserDeleted(User user) -> send(PLATFORM, "auth/update", user, false);
            case ClientChanged(var operation, String appId, AppClient client) ->
                    send(
                            appId,
                            "platform/client/changed/" + client.id(),
                            changed(appId, operation, client).putNull("clientId"));
            case AppChanged(var operation, App app) ->
                    send(
                            app.appId(),
                            "platform/app/changed/" + app.appId(),
                            changed(app.appId(), operation, app));
            case AppModuleChanged(var operation, String appId, AppModule module) ->
                    send(appId, "platform/module", changed(appId, operation, module));
            case PlatformModuleChanged(var operation, PlatformModule module) ->
                    send(
                            Topic.of("system/platform/module/changed/" + module.moduleId()),
                            changed(null, operation, module));
            case RightsChanged _,
                    PrincipalRemoved _,
                    TokensRevoked _,
                    SecretRotated _,
                    KeyRotated _ -> {}
        }
    }

    private static ObjectNode tokenOf(TokenIssued token) {
        return object(token.appId())
                .put("clientId", token.clientId())
                .put("tokenType", token.tokenType().name().toLowerCase(Locale.ROOT));
    }

    private void send(String appId, String path, User user, boolean enabled) {
        send(appId, path, object(appId).put("userId", user.userId()).put("enabled", enabled));
    }

    private static ObjectNode changed(
            @Nullable String appId, IdentityEvent.Operation operation, Object record) {
        ObjectNode body = object(appId);
        body.put("operation", operation.name().toLowerCase(Locale.ROOT));
        body.set("record", Json.MAPPER.valueToTree(record));
        return body;
    }

    private static ObjectNode object(@Nullable String appId) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        return appId == null ? body : body.put("appId", appId);
    }

    private void send(String appId, String path, ObjectNode body) {
        send(Topic.of("app/" + appId + "/" + path), body);
    }

    private void send(Topic topic, ObjectNode body) {
        body.put("ts", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
        publisher.accept(Message.of(topic, Json.write(body), QoS.AT_MOST_ONCE));
    }
}
