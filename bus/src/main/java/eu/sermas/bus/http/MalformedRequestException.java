package eu.sermas.bus.http;

/// A request that is not taken, with words for its sender.
public final class MalformedRequestException extends Exception {

    private static final long serialVersionUID = 1L;

    MalformedRequestException(String message) {
        super(message, null, false, false);
    }
}
