package eu.sermas.bus.access;

/// What a grant is for: getting messages, or publishing them.
enum Direction {
    READ,
    WRITE;

    /// As it stands behind a grant.
    String suffix() {
        return this == READ ? ":read" : ":write";
    }
}
