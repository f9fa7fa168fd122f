package eu.sermas.bus.access;

/// One grant as it was given, and whether anything has made use of it.
final class Grant {

    private final String text;

    /// Set once by whatever thread is first; that another one sees it later does no harm.
    private boolean used;

    Grant(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    void use() {
        // Read first: a write, even of the same value, would take the cache line from other cores.
        if (!used) {
            used = true;
        }
    }

    boolean isUsed() {
        return used;
    }

    @Override
    public String toString() {
        return text;
    }
}
