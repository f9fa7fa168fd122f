package eu.sermas.bus.session;

/// What one connection takes of the memory of its session: itself, and what both sides remember of
/// each other for as long as it lasts, such as topics. The session may outlive it, so it gives
/// everything back when it ends.
///
/// Owned by the loop of the session.
public final class ConnectionMemory {

    /// The channel, its handlers, the client and what each of them has by itself.
    private static final int CONNECTION = 1500;

    private final Footprint footprint;
    private long counted;
    private boolean closed;

    public ConnectionMemory(Footprint footprint) {
        this.footprint = footprint;
        count(CONNECTION);
    }

    /// What a connection takes before it remembers anything.
    public static long ofConnection() {
        return CONNECTION;
    }

    /// Takes so much more, or gives it back where it is below 0.
    ///
    /// @return false where there is no room; nothing is taken then
    public boolean take(long bytes) {
        if (closed || (bytes > 0 && !footprint.mayGrow(bytes))) {
            return false;
        }
        count(bytes);
        return true;
    }

    private void count(long bytes) {
        counted += bytes;
        footprint.grow(bytes);
    }

    /// The connection is gone.
    public void close() {
        count(-counted);
        closed = true;
    }
}
