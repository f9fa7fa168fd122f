package eu.sermas.bus.identity;

import org.jspecify.annotations.Nullable;

/// A credential that was not accepted. The message is one line for the caller and the log, and
/// never holds a part of the credential.
public final class LoginRefused extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean forNow;
    private final @Nullable String appId;

    public LoginRefused(String message) {
        this(message, false, null);
    }

    /// @param appId the app whose credential it is, beyond doubt: the signature of the token was
    ///   good; null where that is not known
    public LoginRefused(String message, @Nullable String appId) {
        this(message, false, appId);
    }

    private LoginRefused(String message, boolean forNow, @Nullable String appId) {
        super(message, null, false, false);
        this.forNow = forNow;
        this.appId = appId;
    }

    /// One that says nothing about the credential: it cannot be checked at the moment.
    public static LoginRefused forNow(String message) {
        return new LoginRefused(message, true, null);
    }

    /// Whether the same credential may be accepted a little later. Clients that take a refusal for
    /// final are not to be told then, only to be sent away.
    public boolean isForNow() {
        return forNow;
    }

    /// Whose owner may be told, or null.
    public @Nullable String appId() {
        return appId;
    }
}
