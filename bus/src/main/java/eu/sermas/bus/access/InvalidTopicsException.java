package eu.sermas.bus.access;

/// What somebody wants to add to the [Catalogue] cannot be added; the message is one line that says
/// where it is wrong, what stands there, and what was expected.
public final class InvalidTopicsException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean conflict;

    private InvalidTopicsException(String message, boolean conflict) {
        super(message, null, false, false);
        this.conflict = conflict;
    }

    static InvalidTopicsException malformed(String place, String problem) {
        return new InvalidTopicsException(place + ": " + problem, false);
    }

    static InvalidTopicsException conflict(String message) {
        return new InvalidTopicsException(message, true);
    }

    /// Whether it would be good if something else were not there.
    public boolean isConflict() {
        return conflict;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
