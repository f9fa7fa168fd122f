package eu.sermas.bus.systemtest.crash;

/// A broken promise.
///
/// @param text what, when, and between which kills
record Finding(Rule rule, String text) {

    enum Rule {
        /// An acknowledged message did not reach a session that had subscribed before.
        LOST,
        /// A QoS 2 message reached one session twice.
        TWICE,
        /// Messages of one publisher, topic and QoS came in another order.
        ORDER,
        /// Something came that no subscription asked for, or a will that was revoked.
        UNASKED,
        /// A retained message is neither the last acknowledged nor a later one.
        RETAINED,
        /// A session is gone that has not expired.
        GONE,
        /// A session is present that has expired or was never there.
        RESURRECTED
    }

    @Override
    public String toString() {
        return rule + ": " + text;
    }
}
