package eu.sermas.bus.identity;

import eu.sermas.bus.access.AccessRights;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Something that happened to an identity, reported once it is durable and in force. No event holds
/// a secret, a token or a tool's credentials.
public sealed interface IdentityEvent {

    /// What happened to a record; the name in lower case is the `operation` of the event.
    enum Operation {
        CREATED,
        UPDATED,
        DELETED
    }

    /// How a token came about; the name in lower case is the `tokenType` of the event.
    enum TokenType {
        ACCESS,
        REFRESH
    }

    /// @param clientId the composite id
    record TokenIssued(String appId, String clientId, TokenType tokenType)
            implements IdentityEvent {}

    /// @param appId null for a login to the platform itself
    record UserLoggedIn(@Nullable String appId, User user) implements IdentityEvent {}

    record UserCreated(User user) implements IdentityEvent {}

    /// @param loginsEnd whether whatever was logged in before ends: with another password, or with
    ///   the account
    record UserUpdated(User user, boolean loginsEnd) implements IdentityEvent {}

    record UserDeleted(User user) implements IdentityEvent {}

    record ClientChanged(Operation operation, String appId, AppClient client)
            implements IdentityEvent {}

    /// A client proves itself with another secret; or, where the present one stays, the one before
    /// it has been ended.
    ///
    /// @param formerUntil when the one before ends, or null where it has
    record SecretRotated(String appId, String clientId, @Nullable Instant formerUntil)
            implements IdentityEvent {}

    record AppChanged(Operation operation, App app) implements IdentityEvent {}

    record AppModuleChanged(Operation operation, String appId, AppModule module)
            implements IdentityEvent {}

    record PlatformModuleChanged(Operation operation, PlatformModule module)
            implements IdentityEvent {}

    /// Tokens are signed with another key from now on.
    ///
    /// @param keyId the `kid` in their header
    record KeyRotated(String keyId) implements IdentityEvent {}

    /// The rights of live connections of a principal are now these.
    record RightsChanged(String principalId, AccessRights rights) implements IdentityEvent {}

    /// Tokens count no more; connections that live by one of them are to be closed.
    record TokensRevoked(Revocation revocation) implements IdentityEvent {}

    /// A principal is no more; its connections are to be closed.
    ///
    /// @param reason one line, fit for a reason string
    record PrincipalRemoved(String principalId, String reason) implements IdentityEvent {}
}
