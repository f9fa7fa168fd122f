package eu.sermas.bus.packet;

/// What an acknowledgement of a message promises.
public enum Durability {
    /// Nothing beyond the process: the message is never written.
    NONE,
    /// The message is written a moment later; the acknowledgement does not wait for that.
    ASYNC,
    /// The message is on the disk for every session that must get it, or they have acknowledged it
    /// themselves.
    FSYNC
}
