package eu.sermas.bus.broker;

/// How a shared subscription chooses among its connected members.
public enum SharedStrategy {
    /// One after the other.
    ROUND_ROBIN,
    /// The one with the fewest messages on their way or waiting.
    LEAST_IN_FLIGHT,
    /// The same one for all messages of one publisher, as long as the members stay the same; keeps
    /// the order of each publisher.
    STICKY
}
