package eu.sermas.bus.server;

/// The bus cannot start; the message is one line for its operator.
public final class StartFailed extends Exception {

    private static final long serialVersionUID = 1L;

    StartFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
