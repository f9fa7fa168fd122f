package eu.sermas.bus.server;

import eu.sermas.bus.broker.Broker;
import eu.sermas.bus.identity.IdentityEvent;
import eu.sermas.bus.identity.Revocation;
import eu.sermas.bus.packet.ReasonCode;
import java.util.function.Consumer;

/// Passes on what happens to identities: everything to the audit log, changes of rights to the live
/// connections, the rest to whoever listens on the bus.
///
/// @param publisher makes an event on a topic of it
record IdentityChanges(
        Broker broker, Consumer<IdentityEvent> publisher, Consumer<IdentityEvent> audit)
        implements Consumer<IdentityEvent> {

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // in force on each loop before its next packet
    public void accept(IdentityEvent event) {
        audit.accept(event);
        switch (event) {
            case IdentityEvent.RightsChanged change ->
                    broker.changeRights(change.principalId(), change.rights());
            case IdentityEvent.PrincipalRemoved gone ->
                    broker.remove(gone.principalId(), ReasonCode.NOT_AUTHORIZED, gone.reason());
            case IdentityEvent.TokensRevoked(Revocation revocation) ->
                    broker.disconnect(
                            login -> revocation.concerns(login.credential()),
                            ReasonCode.NOT_AUTHORIZED,
                            revocation.reason());
            default -> publisher.accept(event);
        }
    }
}
