package eu.sermas.bus.session;

/// What became of a message that was given to a session.
public enum Outcome {
    /// Written to the connection, or waiting in the queue; the session answers for it from now on.
    ACCEPTED,
    /// Not wanted any more: QoS 0 without a connection that takes it, or already expired.
    DROPPED,
    /// The session is over and takes nothing. Nobody owes it anything any more; where a shared
    /// subscription chose it, another member gets the message.
    ENDED,
    /// A limit of the queue is reached; the publisher has to be told.
    REJECTED,
    /// It would have to be kept on a disk that cannot be written now; the publisher has to be told.
    NOT_STORABLE,
    /// It could not take the message, by a fault of the bus itself; the publisher has to be told.
    FAILED
}
