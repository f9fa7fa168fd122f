package eu.sermas.bus.identity.oidc;

/// What came of checking a token.
public sealed interface TokenVerdict {

    record Accepted(ExternalToken token) implements TokenVerdict {}

    /// It is bad and stays bad.
    ///
    /// @param reason one line for the caller and the log, without a part of the token
    record Refused(String reason) implements TokenVerdict {}

    /// It cannot be told yet: the key is not known and cannot be fetched at the moment.
    ///
    /// @param reason as in [Refused]
    record Postponed(String reason) implements TokenVerdict {}
}
