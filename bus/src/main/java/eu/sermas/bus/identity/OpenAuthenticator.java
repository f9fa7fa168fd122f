package eu.sermas.bus.identity;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Credential;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Lets everybody in, whoever they say they are (`--open`).
public final class OpenAuthenticator implements Authenticator {

    /// Everybody.
    public static final Login ANONYMOUS =
            new Login(
                    new Principal(
                            Principal.Kind.ANONYMOUS,
                            "anonymous",
                            Set.of(),
                            null,
                            null,
                            "anonymous",
                            Set.of()),
                    AccessRights.open(),
                    Long.MAX_VALUE,
                    Credential.NONE);

    @Override
    public CompletionStage<Login> authenticate(
            @Nullable String userName, byte @Nullable [] password) {
        return CompletableFuture.completedFuture(ANONYMOUS);
    }
}
