package eu.sermas.bus.systemtest.crash;

import org.jspecify.annotations.Nullable;

/// What somebody did or saw, and when: in nanoseconds of one monotonic clock.
///
/// What a client does is noted before it happens, what it sees is noted afterwards. So where an
/// event seen comes before one done, it was so on the bus too.
sealed interface Event {

    long at();

    /// Handed over for sending. A will counts as sent when its connection is cut.
    record Sent(long at, Message message) implements Event {}

    /// PUBACK, PUBREC or PUBCOMP without an error was seen; for a will, the bus has to publish it.
    record Acknowledged(long at, Message.Id message) implements Event {}

    /// Its delay was over after the client had come back: a will that nobody may see.
    record Revoked(long at, Message.Id message) implements Event {}

    /// CONNECT is sent.
    record Connecting(long at, String session, boolean clean) implements Event {}

    /// CONNACK was seen.
    ///
    /// @param expiry of the session once the connection has ended, in nanoseconds
    record Connected(long at, String session, boolean present, long expiry) implements Event {}

    /// The connection is ended, or its end was seen, whatever the reason.
    record Disconnected(long at, String session) implements Event {}

    /// SUBSCRIBE is sent.
    record Subscribing(long at, String session, String filter) implements Event {}

    /// SUBACK was seen.
    record Subscribed(long at, String session, String filter, int qos) implements Event {}

    /// UNSUBSCRIBE is sent.
    record Unsubscribing(long at, String session, String filter) implements Event {}

    /// UNSUBACK was seen.
    record Unsubscribed(long at, String session, String filter) implements Event {}

    /// @param retained sent because of a subscription, not because of a publish
    record Received(
            long at, String session, String topic, Message.Id message, int qos, boolean retained)
            implements Event {}

    /// What a new subscription to one topic brought.
    ///
    /// @param asked when SUBSCRIBE was sent
    /// @param answered when SUBACK was there
    /// @param message null where nothing came with the RETAIN flag
    record Read(long at, long asked, long answered, String topic, Message.@Nullable Id message)
            implements Event {}

    record Killed(long at, int number) implements Event {}

    /// The bus answers again.
    record Restarted(long at, int number) implements Event {}
}
