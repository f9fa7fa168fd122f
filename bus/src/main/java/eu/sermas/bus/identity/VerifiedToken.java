package eu.sermas.bus.identity;

import eu.sermas.bus.access.Login;

/// A token that was accepted.
///
/// @param payload the claims as JSON, as they stand in the token
public record VerifiedToken(Login login, String payload) {}
