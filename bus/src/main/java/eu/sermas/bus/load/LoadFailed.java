package eu.sermas.bus.load;

/// The clients could not connect, subscribe or log in; the message says what the broker answered.
public final class LoadFailed extends Exception {

    private static final long serialVersionUID = 1L;

    LoadFailed(String message) {
        super(message, null, false, false);
    }
}
