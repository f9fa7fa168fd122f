package eu.sermas.bus.broker;

import eu.sermas.bus.access.Login;
import eu.sermas.bus.packet.Auth;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.session.Connection;
import eu.sermas.bus.session.Terms;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// How a connected client shows a new token before the old one expires, without a new connection.
///
/// - MQTT 5: AUTH with method `JWT` and the token as data (section 4.12.1);
/// - any version: a PUBLISH of the token to [#TOKEN_TOPIC];
/// - REST, which comes in through the broker.
///
/// The token has to be of the same principal. Rights and deadline change at once, and nothing of
/// the session is lost. Topics below `$session/` are private to the connection: they are not
/// routed, and a subscription to them ends with the connection. Notices on them have QoS 0 and say
/// what has become of a token, that it is about to expire, or that a subscription was dropped.
final class Renewal {

    static final String METHOD = "JWT";

    /// Where a client publishes its new token.
    static final String TOKEN_TOPIC = "$session/token";

    private static final String PRIVATE = "$session";

    /// More than anybody needs for three topics.
    private static final int MAX_NOTICES = 16;

    private static final Topic RENEWED = Topic.of("$session/token/renewed");
    private static final Topic REFUSED = Topic.of("$session/token/refused");
    private static final Topic EXPIRING = Topic.of("$session/token/expiring");
    private static final Topic DROPPED = Topic.of("$session/subscription/dropped");

    // For the life of the connection; the shard's loop owns everything.
    private final Shard shard;
    private final Client client;
    private final Connection connection;
    private final TokenCheck tokens;
    private final @Nullable String method;
    private final long warningMillis;
    private final Set<TopicFilter> notices = new HashSet<>(0);
    private boolean warned;

    /// @param method the Authentication Method of CONNECT, or null
    Renewal(
            Shard shard,
            Client client,
            Connection connection,
            TokenCheck tokens,
            @Nullable String method,
            int warningSeconds) {
        this.shard = shard;
        this.client = client;
        this.connection = connection;
        this.tokens = tokens;
        this.method = method;
        this.warningMillis = warningSeconds * 1000L;
    }

    /// AUTH came: a new token, or something that has no place here.
    @Nullable Violation authenticate(Auth packet) {
        if (method == null) { // [MQTT-4.12.0-7]
            return new Violation(
                    ReasonCode.PROTOCOL_ERROR, "AUTH without an authentication method in CONNECT");
        }
        String shown = packet.properties().text(Property.AUTHENTICATION_METHOD);
        if (!method.equals(shown)) { // [MQTT-4.12.0-5] [MQTT-4.12.1-1]
            return new Violation(
                    ReasonCode.PROTOCOL_ERROR,
                    "authentication method: " + shown + " (expected: " + method + ")");
        }
        byte[] token = packet.properties().binary(Property.AUTHENTICATION_DATA);
        if (packet.reasonCode() != ReasonCode.REAUTHENTICATE || token == null) {
            return new Violation(
                    ReasonCode.PROTOCOL_ERROR,
                    "AUTH: "
                            + packet.reasonCode()
                            + " (expected: REAUTHENTICATE with the token as authentication data)");
        }
        check(
                token,
                refusal -> {
                    if (refusal == null) {
                        connection.send(new Auth(ReasonCode.SUCCESS, methodProperty()));
                    } else { // [MQTT-4.12.1-2]
                        client.end(ReasonCode.NOT_AUTHORIZED, refusal);
                    }
                });
        return null;
    }

    private Properties methodProperty() {
        return Properties.builder().add(Property.AUTHENTICATION_METHOD, METHOD).build();
    }

    /// A token was published to [#TOKEN_TOPIC]. The old one stays in force where this one is
    /// refused.
    ///
    /// @param done gets null, or why it was refused
    void publish(byte[] token, Consumer<@Nullable String> done) {
        check(
                token,
                refusal -> {
                    if (refusal == null) {
                        notice(RENEWED, "{\"expiresAt\":" + client.login().expiresAt() + "}");
                    } else {
                        notice(REFUSED, "{\"reason\":" + JsonText.quote(refusal) + "}");
                    }
                    done.accept(refusal);
                });
    }

    private void check(byte[] token, Consumer<@Nullable String> done) {
        tokens.check(new String(token, StandardCharsets.UTF_8), client.session().key().clientId())
                .whenComplete(
                        (login, failure) ->
                                shard.loop().execute(() -> done.accept(accept(login, failure))));
    }

    /// @return null where the new login is in force, else why not
    private @Nullable String accept(@Nullable Login login, @Nullable Throwable failure) {
        if (login == null || failure != null) {
            Throwable cause =
                    failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
            return cause == null ? "token not checked" : String.valueOf(cause.getMessage());
        }
        String obstacle = tokens.obstacle(login);
        if (obstacle != null) {
            return obstacle;
        }
        return renew(login) ? null : "token of another principal";
    }

    /// @return false where the login is somebody else's, or counted no more when it came here
    boolean renew(Login login) {
        if (tokens.obstacle(login) != null
                || !login.principal().id().equals(client.login().principal().id())) {
            return false;
        }
        client.login(login.current());
        warned = false;
        return true;
    }

    // --- notices

    static boolean isPrivate(TopicFilter filter) {
        return filter.levels().getFirst().equals(PRIVATE);
    }

    static boolean isPrivate(Topic topic) {
        return topic.isReserved() && topic.levels()[0].equals(PRIVATE);
    }

    /// @return what was granted, or why not
    ReasonCode subscribe(TopicFilter filter) {
        if (notices.size() >= MAX_NOTICES && !notices.contains(filter)) {
            return ReasonCode.QUOTA_EXCEEDED;
        }
        notices.add(filter);
        return ReasonCode.GRANTED_QOS_0;
    }

    /// @return whether the filter was held
    boolean unsubscribe(TopicFilter filter) {
        return notices.remove(filter);
    }

    /// Warns, once for each token, when it is about to expire, or later where the client has not
    /// asked for the warning by then.
    void checkTime(long now) {
        long ends = client.loginEnds();
        if (!warned && ends != Long.MAX_VALUE && now >= ends - warningMillis) {
            warned = notice(EXPIRING, "{\"expiresAt\":" + client.login().expiresAt() + "}");
        }
    }

    /// Tells that a subscription is not in force any more, because its right was withdrawn.
    void dropped(TopicFilter filter, String reason) {
        notice(
                DROPPED,
                "{\"filter\":"
                        + JsonText.quote(filter.text())
                        + ",\"reason\":"
                        + JsonText.quote(reason)
                        + "}");
    }

    /// @return false where the client has not subscribed to it
    private boolean notice(Topic topic, String json) {
        for (TopicFilter filter : notices) {
            if (filter.matches(topic)) {
                byte[] payload = json.getBytes(StandardCharsets.UTF_8);
                Message message = Message.of(topic, payload, QoS.AT_MOST_ONCE);
                connection.deliver(
                        message, QoS.AT_MOST_ONCE, false, false, 0, Terms.NO_IDS, shard.now());
                return true;
            }
        }
        return false;
    }
}
