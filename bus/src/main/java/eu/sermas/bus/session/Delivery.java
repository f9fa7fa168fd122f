package eu.sermas.bus.session;

import eu.sermas.bus.journal.Kept;
import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import org.jspecify.annotations.Nullable;

/// One message at one session, from when the session takes it until it does not have to get it any
/// more: first it waits, if it has to, and then it is in flight.
///
/// All of that is one object, and as small as a line of the caches of the processor: when the
/// acknowledgement comes, nothing of it is in those any more. So it knows what it counts, and
/// letting go of it touches little else.
///
/// Owned by the event loop of its session.
public final class Delivery {

    /// What the broker waits for, MQTT 5 section 4.3.
    enum State {
        /// Its turn: it has no packet identifier yet.
        WAITING,
        /// Nothing yet: the identifier has to be on disk before PUBLISH leaves.
        HOLD_PUBLISH,
        AWAIT_PUBACK,
        AWAIT_PUBREC,
        /// PUBREC came; that has to be on disk before PUBREL leaves.
        HOLD_PUBREL,
        AWAIT_PUBCOMP;

        /// What comes after PUBLISH.
        static State awaiting(QoS qos) {
            return qos == QoS.AT_LEAST_ONCE ? AWAIT_PUBACK : AWAIT_PUBREC;
        }

        /// Whether the payload may still go out, on this connection or the next one.
        boolean mayBeSentAgain() {
            return this == HOLD_PUBLISH || this == AWAIT_PUBACK || this == AWAIT_PUBREC;
        }

        /// Whether the client may still answer with PUBREC.
        boolean isBeforePubRel() {
            return this == AWAIT_PUBREC || this == HOLD_PUBREL || this == AWAIT_PUBCOMP;
        }
    }

    private final Message message;
    private final Terms terms;
    private final QoS qos;
    private @Nullable Kept kept;

    // --- what it counts, for its account

    /// What it counts in the limits of its session, as if nobody else held the message.
    private final long cost;

    /// What the message has in common with others.
    final CommonParts common;

    /// That of the session which took the message first: it counts the message for all.
    final Delivery first;

    /// Where this is the first one: how many sessions of the account hold the message.
    int sessions;

    // --- in flight: from the allocation of a packet identifier until that is free again

    State state = State.WAITING;
    int packetId;

    /// Whether the PUBLISH takes from the Receive Maximum of the present connection.
    boolean counted;

    /// Whether it may leave [State#HOLD_PUBLISH], as soon as those before it have.
    boolean recorded;

    /// Whether it went out on any connection: the next time it is a duplicate.
    boolean sent;

    /// Whether the client may not have it any more: it is there only for the answer of the client,
    /// and not sent again.
    boolean withdrawn;

    // Its place in the order of sending, kept by [OutboundWindow].
    @Nullable Delivery previous;
    @Nullable Delivery next;

    /// The message of a session that is the first to take it. See [Account#hold].
    Delivery(Message message, long cost, CommonParts common, Terms terms) {
        this.message = message;
        this.cost = cost;
        this.common = common;
        this.terms = terms;
        this.qos = qos(message, terms);
        this.first = this;
    }

    /// The same message of one more session.
    Delivery(Delivery first, Terms terms) {
        this.message = first.message;
        this.cost = first.cost;
        this.common = first.common;
        this.terms = terms;
        this.qos = qos(first.message, terms);
        this.first = first;
    }

    public Message message() {
        return message;
    }

    /// On which terms the session gets it.
    public Terms terms() {
        return terms;
    }

    /// How it is kept beyond the process, or null where it is not.
    public @Nullable Kept kept() {
        return kept;
    }

    Delivery keptAs(@Nullable Kept how) {
        kept = how;
        return this;
    }

    long cost() {
        return cost;
    }

    static long cost(Message message) {
        return message.cost() + Account.PLACE;
    }

    /// The session does not have to get it any more.
    void gone() {
        if (kept != null) {
            kept.gone();
        }
        release();
    }

    /// Another session has it now, or nobody is to get it any more.
    public void given() {
        if (kept != null) {
            kept.givenAway();
        }
        release();
    }

    /// The session holds it no more. To be said once.
    void release() {
        common.account.release(this);
        kept = null; // others of the same message may know this one for long
    }

    /// Whether each step has to be on disk before it is sent.
    boolean isRecordedFirst() {
        return kept != null
                && (kept.isBeingInherited()
                        || (qos == QoS.EXACTLY_ONCE && kept.mustBeRecordedFirst()));
    }

    /// Whether PUBLISH was sent on the present connection, so that its client knows how to answer.
    boolean isWithClient() {
        return sent && counted && state != State.HOLD_PUBLISH;
    }

    /// Whether another member of a shared subscription may still get it. One of QoS 2 that was sent
    /// stays with its receiver [MQTT-4.8.2-5].
    boolean isInheritable() {
        return terms.sharedBy() != null
                && message.qos() != QoS.AT_MOST_ONCE
                && !withdrawn
                && (state == State.WAITING
                        || state == State.HOLD_PUBLISH
                        || state == State.AWAIT_PUBACK
                        || (state == State.AWAIT_PUBREC && !sent));
    }

    Durability durability() {
        return kept == null ? Durability.NONE : kept.durability();
    }

    QoS qos() {
        return qos;
    }

    static QoS qos(Message message, Terms terms) {
        return message.qos().min(terms.maximumQos()); // [MQTT-3.8.4-8] [MQTT-4.8.2-3]
    }

    boolean retain() {
        return message.retain() && terms.retainAsPublished(); // [MQTT-3.3.1-12] [MQTT-3.3.1-13]
    }
}
