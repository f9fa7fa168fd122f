package eu.sermas.bus.identity;

/// A credential that was not accepted. The message is one line for the caller and the log, and
/// never holds a part of the credential.
public final class LoginRefused extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean forNow;

    public LoginRefused(String message) {
        this(message, false);
    }

    private LoginRefused(String message, boolean forNow) {
        super(message, null, false, false);
        this.forNow = forNow;
    }

    /// One that says nothing about the credential: it cannot be checked at the moment.
    public static LoginRefused forNow(String message) {
        return new LoginRefused(message, true);
    }

    /// Whether the same credential may be accepted a little later. Clients that take a refusal for
    /// final are not to be told then, only to be sent away.
    public boolean isForNow() {
        return forNow;
    }
}
