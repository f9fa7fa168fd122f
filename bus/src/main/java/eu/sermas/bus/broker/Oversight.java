package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.broker.live.SessionView;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.Will;
import eu.sermas.bus.session.Session;
import eu.sermas.bus.session.SessionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What the platform does to the sessions and clients of one event loop, whatever they do
/// themselves: other rights, other tokens, their removal, the end of the process.
final class Oversight {

    private final Shard shard;
    private final Sessions sessions;
    private final Wills wills;
    private final Reviews reviews;

    Oversight(Shard shard, Sessions sessions, Wills wills, Reviews reviews) {
        this.shard = shard;
        this.sessions = sessions;
        this.wills = wills;
        this.reviews = reviews;
    }

    /// Puts other rights in force for everything that a principal holds or does.
    void changeRights(String principalId, AccessRights rights) {
        each(
                ownedBy(principalId::equals),
                session -> changeRights(session, rights.boundLike(rightsOf(session))));
    }

    private AccessRights rightsOf(Session session) {
        Client client = sessions.client(session.key());
        return client != null
                ? client.login().rights()
                : Objects.requireNonNull(sessions.absence(session.key())).rights();
    }

    void changeRights(Session session, AccessRights rights) {
        Client client = sessions.client(session.key());
        if (client != null) {
            client.rights(rights);
        }
        Absence absence = sessions.absence(session.key());
        if (absence != null) {
            absence.rights(rights);
        }
        wills.judge(session, rights);
        reviews.review(session, rights);
    }

    /// Puts a new token in force on the live connection of a client.
    ///
    /// @return false where the principal has no such client connected
    boolean renew(Login login, String clientId) {
        Client client = sessions.client(new SessionKey(login.principal().id(), clientId));
        return client != null && client.renewal().renew(login);
    }

    /// What is known of topics may be different now.
    void reviewTopics(@Nullable String appId) {
        shard.routes().review(appId);
        each(sessions.clients(), client -> client.reviewTopics(appId));
    }

    /// Closes the connections of principals, publishes their wills and ends their sessions.
    void remove(Predicate<String> principals, ReasonCode reason, String reasonString) {
        each(ownedBy(principals), session -> remove(session, reason, reasonString));
    }

    /// The same of one session.
    void remove(Session session, ReasonCode reason, String reasonString) {
        session.expiryInterval(0);
        Client client = sessions.client(session.key());
        Absence absence = sessions.absence(session.key());
        if (client != null) {
            client.end(reason, reasonString);
        } else if (absence != null) {
            sessions.expire(absence);
        }
    }

    /// Closes the connections of these logins; their sessions go on.
    void disconnect(Predicate<Login> which, ReasonCode reason, String reasonString) {
        each(
                sessions.clients(),
                client -> {
                    if (which.test(client.login())) {
                        client.end(reason, reasonString);
                    }
                });
    }

    /// Each is alone with what goes wrong.
    private <T> void each(List<T> all, Consumer<T> task) {
        shard.metrics().faults().each("an order of the platform", all, task);
    }

    private List<Session> ownedBy(Predicate<String> principals) {
        return sessions.all().stream()
                .filter(session -> principals.test(session.key().principalId()))
                .toList();
    }

    List<SessionView> viewsOf(String principalId) {
        List<SessionView> views = new ArrayList<>();
        for (Session session : ownedBy(principalId::equals)) {
            Client client = sessions.client(session.key());
            Absence absence = sessions.absence(session.key());
            List<TopicFilter> filters = List.copyOf(session.subscriptions().keySet());
            String clientId = session.key().clientId();
            if (client != null) {
                Login login = client.login();
                views.add(
                        new SessionView(
                                clientId, true, login.rights(), login.expiresAt(), filters));
            } else if (absence != null) {
                views.add(
                        new SessionView(
                                clientId, false, absence.rights(), Long.MAX_VALUE, filters));
            }
        }
        return views;
    }

    // --- the end of the process

    /// Publishes the wills that would be due at once if every connection ended now, while everybody
    /// who could receive them is still connected.
    void publishLastWills() {
        each(sessions.clients(), this::publishLastWill);
    }

    private void publishLastWill(Client client) {
        Session session = client.session();
        Will will = session.will();
        if (will != null && (will.delaySeconds() == 0 || session.expiryInterval() == 0)) {
            wills.publish(session, client.login().rights());
        }
    }

    /// Says good-bye to every client.
    void disconnectAll() {
        each(
                sessions.clients(),
                client ->
                        client.end(ReasonCode.SERVER_SHUTTING_DOWN, "the server is shutting down"));
    }
}
