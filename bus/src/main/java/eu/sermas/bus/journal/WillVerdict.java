package eu.sermas.bus.journal;

/// Whether a will may be published, as was found while the rights of its client were known. It is
/// kept with the will, since whoever publishes it after a restart may not know them any more.
public enum WillVerdict {
    /// By a version that kept none.
    NOT_MADE,
    GRANTED,
    /// Or nobody has answered yet: what is not known is not granted.
    REFUSED
}
