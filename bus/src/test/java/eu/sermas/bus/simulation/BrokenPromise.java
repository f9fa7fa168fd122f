package eu.sermas.bus.simulation;

/// Something that the broker does not do although it has to.
final class BrokenPromise extends AssertionError {

    private static final long serialVersionUID = 1L;

    private final String kind;

    /// @param kind the same for all failures of one kind
    BrokenPromise(String kind, String message) {
        super(message);
        this.kind = kind;
    }

    String kind() {
        return kind;
    }
}
