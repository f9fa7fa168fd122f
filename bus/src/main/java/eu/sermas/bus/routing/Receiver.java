package eu.sermas.bus.routing;

import eu.sermas.bus.packet.Subscription;
import org.jspecify.annotations.Nullable;

/// A subscriber that gets the message, once, however many of its filters match.
///
/// @param granted what its matching subscriptions grant for a message from somebody else
/// @param grantedOwn the same for a message that the subscriber published itself: only
///   subscriptions without No Local count, and where there is none it is null and the message is
///   not sent [MQTT-3.8.3-3]
public record Receiver<S>(S subscriber, Granted granted, @Nullable Granted grantedOwn) {

    static <S> Receiver<S> of(S subscriber, Subscription subscription, int subscriptionId) {
        Granted granted = Granted.of(subscription, subscriptionId);
        return new Receiver<>(subscriber, granted, subscription.noLocal() ? null : granted);
    }

    /// The same subscriber, with one more matching subscription.
    Receiver<S> and(Receiver<S> other) {
        Granted all = granted.and(other.granted);
        boolean ownToo = granted.equals(grantedOwn) && other.granted.equals(other.grantedOwn);
        return new Receiver<>(subscriber, all, ownToo ? all : ownAnd(other.grantedOwn));
    }

    private @Nullable Granted ownAnd(@Nullable Granted other) {
        if (grantedOwn == null || other == null) {
            return grantedOwn == null ? other : grantedOwn;
        }
        return grantedOwn.and(other);
    }
}
