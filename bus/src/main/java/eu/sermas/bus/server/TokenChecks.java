package eu.sermas.bus.server;

import eu.sermas.bus.access.Login;
import eu.sermas.bus.broker.TokenCheck;
import eu.sermas.bus.identity.Authenticator;
import eu.sermas.bus.identity.Revocations;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// What the broker asks about tokens. It is there before the identity that knows, since each tells
/// the other what happens; no client is, so no question comes too early.
final class TokenChecks implements TokenCheck {

    private volatile @Nullable Authenticator authenticator;
    private volatile @Nullable Revocations revocations;

    void ask(Authenticator knowsTokens, Revocations knowsRevoked) {
        authenticator = knowsTokens;
        revocations = knowsRevoked;
    }

    @Override
    public CompletionStage<Login> check(String token, String clientId) {
        Authenticator known = authenticator;
        return known == null
                ? TokenCheck.NONE.check(token, clientId)
                : known.authenticate(token, new byte[0], clientId);
    }

    @Override
    public @Nullable String refusal(Login login) {
        Revocations known = revocations;
        return known == null ? null : known.refusalOf(login.credential());
    }
}
