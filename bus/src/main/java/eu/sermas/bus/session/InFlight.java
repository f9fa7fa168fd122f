package eu.sermas.bus.session;

import eu.sermas.bus.journal.Kept;
import eu.sermas.bus.packet.QoS;
import org.jspecify.annotations.Nullable;

/// One message on its way to the client, from the allocation of its packet identifier until that is
/// free again. A link of the list that keeps [OutboundWindow] in the order of sending.
final class InFlight {

    /// What the broker waits for, MQTT 5 section 4.3.
    enum State {
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

    final int packetId;
    final Delivery delivery;

    // What the end of the delivery needs, at hand when the acknowledgement comes: by then its other
    // objects have long left the caches of the processor.
    private final @Nullable Kept kept;
    private final Holding held;

    State state;

    /// Whether the PUBLISH takes from the Receive Maximum of the present connection.
    boolean counted;

    /// Whether it may leave [State#HOLD_PUBLISH], as soon as those before it have.
    boolean recorded;

    /// Whether it went out on any connection: the next time it is a duplicate.
    boolean sent;

    /// Whether the client may not have it any more: it is there only for the answer of the client,
    /// and not sent again.
    boolean withdrawn;

    @Nullable InFlight previous;
    @Nullable InFlight next;

    InFlight(int packetId, Delivery delivery, State state) {
        this.packetId = packetId;
        this.delivery = delivery;
        this.kept = delivery.kept();
        this.held = delivery.held();
        this.state = state;
    }

    /// Whether PUBLISH was sent on the present connection, so that its client knows how to answer.
    boolean isWithClient() {
        return sent && counted && state != State.HOLD_PUBLISH;
    }

    /// See [Delivery#cost].
    long cost() {
        return held.cost;
    }

    /// Whether another member of a shared subscription may still get it. One of QoS 2 that was sent
    /// stays with its receiver [MQTT-4.8.2-5].
    boolean isInheritable() {
        return !withdrawn
                && (state == State.HOLD_PUBLISH
                        || state == State.AWAIT_PUBACK
                        || (state == State.AWAIT_PUBREC && !sent));
    }

    /// The session does not have to get the message any more.
    void gone() {
        if (kept != null) {
            kept.gone();
        }
        held.release();
    }
}
