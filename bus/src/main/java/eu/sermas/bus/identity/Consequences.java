package eu.sermas.bus.identity;

import eu.sermas.bus.access.Principal;
import eu.sermas.bus.identity.IdentityEvent.Operation;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Follows each change of the registry with what it means for principals that may be connected: new
/// rights, or the end. That comes first, the news of the change itself after it.
final class Consequences implements Consumer<IdentityEvent> {

    private final Principals principals;
    private final ExternalPrincipals externals;
    private final RefreshTokens refreshTokens;
    private final Revocations revocations;
    private final Consumer<IdentityEvent> listener;

    Consequences(
            Principals principals,
            ExternalPrincipals externals,
            RefreshTokens refreshTokens,
            Revocations revocations,
            Consumer<IdentityEvent> listener) {
        this.revocations = revocations;
        this.principals = principals;
        this.externals = externals;
        this.refreshTokens = refreshTokens;
        this.listener = listener;
    }

    @Override
    public void accept(IdentityEvent event) {
        switch (event) {
            case IdentityEvent.ClientChanged changed -> follow(changed);
            case IdentityEvent.AppChanged(Operation operation, App app) -> {
                if (operation != Operation.CREATED) {
                    reviewUsers(
                            user ->
                                    user.client().appId() == null
                                            || app.appId().equals(user.client().appId()));
                    reviewExternals(app.appId());
                }
                if (operation == Operation.DELETED) {
                    // Also those of users whom nobody has seen since the start.
                    refreshTokens.revoke(app.appId(), _ -> true);
                }
            }
            case IdentityEvent.UserUpdated(User user, boolean loginsEnd) -> {
                if (loginsEnd) {
                    revocations.endLogins(user.userId());
                }
                reviewUsers(subject -> subject.sub().equals(user.userId()));
            }
            case IdentityEvent.UserDeleted(User user) -> {
                // Whoever is made with the same id must not have what this one has.
                revocations.endLogins(user.userId());
                reviewUsers(subject -> subject.sub().equals(user.userId()));
            }
            case IdentityEvent.AppModuleChanged _,
                    IdentityEvent.PlatformModuleChanged _,
                    IdentityEvent.SecretRotated _,
                    IdentityEvent.KeyRotated _,
                    IdentityEvent.TokenIssued _,
                    IdentityEvent.UserLoggedIn _,
                    IdentityEvent.UserCreated _,
                    IdentityEvent.RightsChanged _,
                    IdentityEvent.TokensRevoked _,
                    IdentityEvent.PrincipalRemoved _ -> {}
        }
        listener.accept(event);
    }

    private void follow(IdentityEvent.ClientChanged changed) {
        ClientRef client = new ClientRef(changed.appId(), changed.client().id());
        switch (changed.operation()) {
            case CREATED -> {}
            case UPDATED -> principals.ofClient(client).ifPresent(this::review);
            case DELETED ->
                    remove(
                            new Subject(Principal.Kind.CLIENT, client, ""),
                            "client deleted: " + client.composite());
        }
        if (changed.operation() != Operation.CREATED) {
            reviewUsers(user -> user.client().equals(client));
        }
        reviewExternals(changed.appId());
    }

    /// They are gone when their issuer says so; here, only what they may do can change.
    private void reviewExternals(String appId) {
        externals
                .dependentOn(appId)
                .forEach(
                        (id, rights) ->
                                listener.accept(new IdentityEvent.RightsChanged(id, rights)));
    }

    private void reviewUsers(Predicate<Subject> which) {
        List.copyOf(principals.seenUsers()).stream().filter(which).forEach(this::review);
    }

    private void review(Subject subject) {
        Principals.Present present = principals.find(subject);
        if (present == null) {
            principals.forget(subject);
            remove(subject, "access withdrawn");
        } else {
            listener.accept(
                    new IdentityEvent.RightsChanged(subject.principalId(), present.rights()));
        }
    }

    private void remove(Subject subject, String reason) {
        refreshTokens.revokeAll(subject);
        listener.accept(new IdentityEvent.PrincipalRemoved(subject.principalId(), reason));
    }
}
