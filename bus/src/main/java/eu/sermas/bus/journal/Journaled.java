package eu.sermas.bus.journal;

import eu.sermas.bus.packet.TopicFilter;
import org.jspecify.annotations.Nullable;

/// A session, as its log sees it. What is written is always the state of the moment, so a change
/// that did not get onto the disk is made up for by writing again.
public interface Journaled {

    SessionRecord record();

    /// @return null where the session does not hold the filter any more
    @Nullable SubscriptionRecord subscription(TopicFilter filter);

    /// Whether a QoS 2 message of this identifier came and is not released yet.
    boolean isReceived(int packetId);

    /// This identifier is on disk too from now on, or may be, until the session says otherwise by
    /// [SessionLog#receivedChanged].
    void receivedIsKept(int packetId);

    /// The phase in which a message now is on the disk: what had to wait for that may go on.
    ///
    /// @param now milliseconds of the time of the bus
    void recorded(Kept kept, long now);

    /// Something of it has come onto the disk: what is there and does not come next need not be in
    /// memory any more.
    void committed();

    /// A fault of the bus has kept it from going on; its client has to come back.
    void failed();

    /// A message that nobody was promised is taken back, where it was not sent yet.
    ///
    /// @param now milliseconds of the time of the bus
    void withdraw(Kept kept, long now);
}
