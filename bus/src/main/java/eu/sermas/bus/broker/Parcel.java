package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.session.Session;
import org.jspecify.annotations.Nullable;

/// A message on its way from the event loop of its publisher to sessions of another one.
///
/// @param publisher whose own subscriptions may keep the message away, or null
/// @param receipt of the loop that it comes from, or null
/// @param refusals how many members of a shared subscription had no room for it before
record Parcel(
        Message message,
        Target[] targets,
        @Nullable Session publisher,
        @Nullable Receipt receipt,
        Promise promise,
        int refusals) {

    /// The same message for another member.
    Parcel to(Target[] others, int refused) {
        return new Parcel(message, others, publisher, receipt, promise, refused);
    }
}
