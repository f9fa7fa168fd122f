package eu.sermas.bus.identity;

/// A credential that was not accepted. The message is one line for the caller and the log, and
/// never holds a part of the credential.
public final class LoginRefused extends Exception {

    private static final long serialVersionUID = 1L;

    public LoginRefused(String message) {
        super(message, null, false, false);
    }
}
