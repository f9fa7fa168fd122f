package eu.sermas.bus.session;

import org.jspecify.annotations.Nullable;

/// One message on its way to the client, from the allocation of its packet identifier until that is
/// free again. A link of the list that keeps [OutboundWindow] in the order of sending.
final class InFlight {

    /// What the broker waits for, MQTT 5 section 4.3.
    enum State {
        AWAIT_PUBACK,
        AWAIT_PUBREC,
        AWAIT_PUBCOMP
    }

    final int packetId;
    final Delivery delivery;
    State state;

    /// Whether the PUBLISH went out on the present connection and takes from its Receive Maximum.
    boolean counted;

    @Nullable InFlight previous;
    @Nullable InFlight next;

    InFlight(int packetId, Delivery delivery, State state) {
        this.packetId = packetId;
        this.delivery = delivery;
        this.state = state;
    }
}
