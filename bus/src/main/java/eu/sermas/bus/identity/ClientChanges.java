package eu.sermas.bus.identity;

import eu.sermas.bus.access.AccessRights;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Changes of clients that are there, whatever they came with. Each returns once it is durable and
/// in force.
public final class ClientChanges {

    private final Registry registry;

    public ClientChanges(Registry registry) {
        this.registry = registry;
    }

    /// Changes what the record names: the name, the permissions, the lifetime of tokens.
    ///
    /// @param id short or composite
    /// @param by as in [Registry#changeApp]
    public Outcome<ListedClient> change(
            String appId, String id, AppClient wanted, AccessRights by) {
        return registry.ofClient(
                appId,
                id,
                (state, client) -> {
                    AppDraft draft = new AppDraft(state, registry.terms(by));
                    draft.changeClient(client, wanted);
                    return registry.apply(state, draft, false).map(after -> listed(after, client));
                });
    }

    private ListedClient listed(AppState state, ClientState client) {
        ClientState now = Objects.requireNonNull(state.clients().get(client.client().id()));
        return ListedClient.of(now, registry.clock().millis());
    }

    /// Gives a client another secret. The one that it has is good for a while yet; one before that
    /// is not any more.
    ///
    /// @param id short or composite
    /// @param given the new one, or null to make one up
    /// @param grace of the present one
    /// @param by as in [Registry#changeApp]
    public Outcome<NewSecret> rotateSecret(
            String appId, String id, @Nullable String given, Duration grace, AccessRights by) {
        return registry.ofClient(
                appId,
                id,
                (state, client) -> {
                    Instant until = grace.isZero() ? null : registry.clock().instant().plus(grace);
                    AppDraft draft = new AppDraft(state, registry.terms(by));
                    draft.rotateSecret(client, given, until);
                    return registry.apply(state, draft, false)
                            .map(
                                    _ -> {
                                        AppClient made = draft.withNewSecrets().getFirst();
                                        registry.tell(
                                                new IdentityEvent.SecretRotated(
                                                        appId, made.id(), until));
                                        return new NewSecret(made, until);
                                    });
                });
    }

    /// What a client proves itself with from now on.
    ///
    /// @param client with the secret
    /// @param formerUntil when the one before ends, or null where it has
    public record NewSecret(AppClient client, @Nullable Instant formerUntil) {}

    /// Ends the secret before the present one.
    ///
    /// @param id short or composite
    public Outcome<AppClient> endFormerSecret(String appId, String id) {
        return registry.ofClient(
                appId,
                id,
                (state, client) -> {
                    if (client.formerAt(registry.clock().millis()) == null) {
                        return Outcome.refused(Refusal.NO_FORMER_SECRET);
                    }
                    AppDraft draft = new AppDraft(state, registry.terms(AccessRights.system()));
                    draft.endFormerSecret(client);
                    return registry.apply(state, draft, false)
                            .map(
                                    _ -> {
                                        registry.tell(
                                                new IdentityEvent.SecretRotated(
                                                        appId, client.client().id(), null));
                                        return client.client();
                                    });
                });
    }
}
