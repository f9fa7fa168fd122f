package eu.sermas.bus.rest.events;

import eu.sermas.bus.access.Login;
import eu.sermas.bus.broker.LocalClient;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.http.Refused;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/// The way of a caller into the broker: as a client with the caller's token, so that what MQTT
/// refuses is refused here too, for the same reasons.
public final class LocalClients {

    /// Begins a session of the broker without a network.
    @FunctionalInterface
    public interface Door {
        CompletionStage<LocalClient> connect(
                String clientId, Login login, LocalClient.Listener listener);
    }

    private final Door door;

    public LocalClients(Door door) {
        this.door = door;
    }

    public LocalClient connect(Caller caller, LocalClient.Listener listener) {
        return connect(caller.login(), listener);
    }

    public LocalClient connect(Login login, LocalClient.Listener listener) {
        return await(door.connect("http-" + UUID.randomUUID(), login, listener));
    }

    public static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /// @throws Refused what the broker says against it, in the words of HTTP
    public static void require(LocalClient.Answer answer) {
        if (!answer.reasonCode().isError()) {
            return;
        }
        String said = answer.reasonString();
        String reason = said == null ? answer.reasonCode().toString() : said;
        throw switch (answer.reasonCode()) {
            case NOT_AUTHORIZED -> Refused.forbidden(reason);
            case QUOTA_EXCEEDED, MESSAGE_RATE_TOO_HIGH, CONNECTION_RATE_EXCEEDED ->
                    Refused.tooMany(reason);
            case PAYLOAD_FORMAT_INVALID,
                    TOPIC_FILTER_INVALID,
                    TOPIC_NAME_INVALID,
                    QOS_NOT_SUPPORTED,
                    RETAIN_NOT_SUPPORTED,
                    WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED,
                    SHARED_SUBSCRIPTIONS_NOT_SUPPORTED ->
                    Refused.badRequest(reason);
            default -> Refused.unavailable(reason);
        };
    }
}
