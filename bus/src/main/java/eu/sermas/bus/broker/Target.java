package eu.sermas.bus.broker;

import eu.sermas.bus.routing.Granted;
import eu.sermas.bus.routing.Receiver;
import eu.sermas.bus.session.Session;
import eu.sermas.bus.session.Terms;
import org.jspecify.annotations.Nullable;

/// A session that gets the messages of a topic.
///
/// @param terms for messages of others
/// @param ownTerms for messages that the session's client published itself, or null where No Local
///   keeps them away [MQTT-3.8.3-3]
record Target(Session session, Terms terms, @Nullable Terms ownTerms) {

    static Target of(Receiver<Session> receiver, @Nullable String sharedBy) {
        Terms terms = terms(receiver.granted(), sharedBy);
        Granted own = receiver.grantedOwn();
        Terms ownTerms =
                own == null ? null : own.equals(receiver.granted()) ? terms : terms(own, sharedBy);
        return new Target(receiver.subscriber(), terms, ownTerms);
    }

    private static Terms terms(Granted granted, @Nullable String sharedBy) {
        return new Terms(
                granted.qos(), granted.retainAsPublished(), granted.subscriptionIds(), sharedBy);
    }

    @Nullable Terms termsFor(@Nullable Session publisher) {
        return session == publisher ? ownTerms : terms;
    }
}
