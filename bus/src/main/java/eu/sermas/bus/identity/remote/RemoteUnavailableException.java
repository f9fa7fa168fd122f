package eu.sermas.bus.identity.remote;

/// The decision server gave no answer. It is our trouble and not the client's.
final class RemoteUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RemoteUnavailableException(String message) {
        super(message, null, false, false);
    }
}
