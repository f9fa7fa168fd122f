package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.session.Connection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/// The broker: every session, and the way of a message from its publisher to their queues.
@SuppressWarnings("DoNotCallSuggester")
public final class Broker {

    /// @param loops the loops that own the sessions, at least one
    /// @param clock milliseconds since the epoch
    public Broker(
            Limits limits, List<? extends EventLoop> loops, LongSupplier clock, Metrics metrics) {
        throw new IllegalStateException("to come");
    }

    public Limits limits() {
        throw new IllegalStateException("to come");
    }

    /// The index of the loop that owns the session of this client; its connection has to be moved
    /// there before [#connect].
    public int ownerOf(Principal principal, String clientId) {
        throw new IllegalStateException("to come");
    }

    /// Takes over or makes the session and answers with CONNACK. On the owner loop.
    ///
    /// @param clientId that of CONNECT, or the one assigned for an empty one
    /// @param assigned whether the server assigned it
    public Client connect(
            Connect connect,
            String clientId,
            boolean assigned,
            Login login,
            Connection connection) {
        throw new IllegalStateException("to come");
    }

    /// Publishes in the name of the platform, from any thread. Rights are the caller's business.
    ///
    /// @return completes once the message is with every subscriber's session
    public CompletionStage<Void> publish(Message message) {
        throw new IllegalStateException("to come");
    }

    /// Puts new rights in force on all live connections of a principal: filters that are no longer
    /// granted are dropped. From any thread.
    public void changeRights(String principalId, AccessRights rights) {
        throw new IllegalStateException("to come");
    }

    /// Closes all live connections of a principal and ends its sessions. From any thread.
    public void remove(String principalId, ReasonCode reason, String reasonString) {
        throw new IllegalStateException("to come");
    }

    /// Says good-bye to every client: DISCONNECT 0x8B to MQTT 5, wills published. From any thread.
    public CompletionStage<Void> shutdown() {
        throw new IllegalStateException("to come");
    }
}
