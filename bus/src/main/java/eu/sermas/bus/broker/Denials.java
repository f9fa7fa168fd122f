package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Denial;
import eu.sermas.bus.access.Denial.Action;
import eu.sermas.bus.access.PayloadCheck.Mode;
import eu.sermas.bus.access.PayloadChecks;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Printable;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.session.SessionKey;
import eu.sermas.bus.session.Tally;
import java.util.function.Consumer;

/// Counts what was refused and passes it on, so that somebody can find out why a topic stays quiet.
/// Used by all loops.
final class Denials {

    private static final int MAX_SHOWN = 200;

    private final Metrics metrics;
    private volatile Consumer<Denial> listener = _ -> {};
    private volatile PayloadChecks payloads = PayloadChecks.NONE;

    Denials(Metrics metrics) {
        this.metrics = metrics;
    }

    /// @param told never blocks; called by all loops
    void listener(Consumer<Denial> told) {
        listener = told;
    }

    void payloads(PayloadChecks checks) {
        payloads = checks;
    }

    /// Which payloads are to be looked at.
    PayloadChecks payloads() {
        return payloads;
    }

    /// @param rights of whoever was refused
    void publish(SessionKey who, AccessRights rights, Topic topic, Verdict verdict) {
        metrics.increment(Count.PUBLISH_DENIED);
        report(Action.PUBLISH, who, rights, topic.name(), verdict);
    }

    /// A payload is not what the catalogue says.
    void payload(SessionKey who, AccessRights rights, Topic topic, Mode mode, String violation) {
        metrics.increment(Count.PAYLOAD_VIOLATIONS);
        Action action = mode == Mode.REJECT ? Action.PUBLISH : Action.OBSERVE;
        report(action, who, rights, topic.name(), Verdict.denied(Rule.PAYLOAD, violation));
    }

    /// @param rights of whoever was refused
    void subscribe(SessionKey who, AccessRights rights, TopicFilter filter, Verdict verdict) {
        metrics.increment(Count.SUBSCRIBE_DENIED);
        report(Action.SUBSCRIBE, who, rights, filter.unshared(), verdict);
    }

    private void report(
            Action action, SessionKey who, AccessRights rights, String topic, Verdict verdict) {
        listener.accept(
                Denial.of(
                        action,
                        rights.appIds(),
                        who.principalId(),
                        shown(who.clientId()),
                        shown(topic),
                        verdict));
    }

    /// Messages did not get to a subscriber.
    void dropped(Tally.Drop drop, int messages) {
        listener.accept(
                new Denial(
                        Action.RECEIVE,
                        drop.app().isEmpty() ? null : drop.app(),
                        drop.receiver().principalId(),
                        shown(drop.receiver().clientId()),
                        "",
                        Rule.LIMIT,
                        drop.cause().reason(),
                        messages));
    }

    void pass(Denial denial) {
        listener.accept(denial);
    }

    private static String shown(String text) {
        return Printable.of(text, MAX_SHOWN);
    }
}
