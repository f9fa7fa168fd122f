package eu.sermas.bus.broker;

import eu.sermas.bus.journal.Journal;
import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.routing.SubscriptionTree;
import eu.sermas.bus.session.Delivery;
import eu.sermas.bus.session.Outcome;
import eu.sermas.bus.session.Session;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The way of a message from its publisher's event loop to the sessions of all its receivers.
///
/// Receivers on the same loop get it at once, those on others with one batch per loop and turn. All
/// messages of one publisher take the same way, so they arrive in their order [MQTT-4.6.0-5]
/// [MQTT-4.6.0-6].
final class Router {

    /// How many members of a shared subscription may say that they are full before its publisher is
    /// told so.
    private static final int MOST_REFUSALS = 16;

    private final List<Shard> shards;
    private final SubscriptionTree<Session> subscriptions;
    private final RetainedMessages retained;

    Router(List<Shard> shards, SubscriptionTree<Session> subscriptions, RetainedMessages retained) {
        this.shards = shards;
        this.subscriptions = subscriptions;
        this.retained = retained;
    }

    SubscriptionTree<Session> subscriptions() {
        return subscriptions;
    }

    RetainedMessages retained() {
        return retained;
    }

    /// Publishes a message, on the loop of its publisher.
    ///
    /// @param publisher the session of the publisher, or null for the platform
    /// @param receipt for a publisher that waits for an acknowledgement, or null; it is settled
    ///   when this returns, unless it expects answers of other loops or of the disk
    void publish(
            Shard from, Message message, @Nullable Session publisher, @Nullable Receipt receipt) {
        publish(from, from.routes().route(message.topic()), message, publisher, receipt);
    }

    /// The same where the route of its topic is known.
    void publish(
            Shard from,
            Route known,
            Message message,
            @Nullable Session publisher,
            @Nullable Receipt receipt) {
        Promise promise = promise(from, message, known, receipt);
        if (message.retain() && !retain(from, message, promise, receipt)) {
            return;
        }
        // Anew, behind what is retained: whoever has subscribed by then counts on it.
        Route route = message.retain() ? from.routes().route(message.topic()) : known;
        if (promise.together() && receipt != null) {
            receipt.expectBatch();
        }
        boolean matched = false;
        for (int loop = 0; loop < shards.size(); loop++) {
            Target[] targets = route.targets(loop);
            if (targets.length > 0) { // [MQTT-4.5.0-1]
                matched = true;
                send(from, loop, message, targets, publisher, receipt, promise);
            }
        }
        for (SharedGroup group : route.groups()) { // [MQTT-3.3.4-5]
            Target[] chosen = group.choose(message, publisher);
            if (chosen != null) {
                matched = true;
                int loop = chosen[0].session().loop();
                send(from, loop, message, chosen, publisher, receipt, promise);
            }
        }
        if (receipt != null) {
            if (!matched) {
                receipt.unmatched();
            }
            receipt.handedOut();
        }
    }

    private static Promise promise(
            Shard from, Message message, Route route, @Nullable Receipt receipt) {
        if (from.journal() == null || (message.qos() == QoS.AT_MOST_ONCE && !message.retain())) {
            return Promise.NOTHING;
        }
        boolean together =
                receipt != null
                        && receipt.hasPacketIdToKeep()
                        && route.durability() == Durability.FSYNC;
        return Promise.of(route.durability(), together, receipt != null && receipt.isRefusable());
    }

    /// Replaces the retained message, before the subscribers get it: whoever subscribes in between
    /// gets it twice rather than never [MQTT-3.3.1-8].
    ///
    /// @return false where the publisher was told that it cannot be kept
    private boolean retain(
            Shard from, Message message, Promise promise, @Nullable Receipt receipt) {
        Journal journal = from.journal();
        boolean isKept = journal != null && promise.durability() != Durability.NONE;
        Receipt waiting = isKept && promise.durability() == Durability.FSYNC ? receipt : null;
        if (waiting != null
                && waiting.isRefusable()
                && Objects.requireNonNull(journal).failure() != null) {
            waiting.note(Outcome.NOT_STORABLE);
            return false;
        }
        String refusal = retained.retain(message);
        if (refusal != null) {
            if (receipt == null || !receipt.isRefusable()) {
                return true; // it goes to those who are there, and is not kept
            }
            receipt.rejected(refusal);
            return false;
        }
        if (waiting != null) {
            waiting.expect();
        }
        if (isKept) {
            retainedChanged(from, message.topic(), waiting);
        }
        return true;
    }

    /// What was retained for a topic has expired.
    void retainedRemoved(Shard from, Topic topic) {
        retainedChanged(from, topic, null);
    }

    /// @param receipt is answered when it is on disk, or null
    private void retainedChanged(Shard from, Topic topic, @Nullable Receipt receipt) {
        Shard writer = loopOf(topic);
        if (writer == from) {
            Outbox.keepRetained(from, topic, from, receipt);
        } else {
            from.outbox(writer.index()).retainedChanged(topic, receipt);
        }
    }

    /// The loop that writes what is retained for a topic, and publishes there for the platform:
    /// always the same, so that the values reach the disk in their order, and subscribers too.
    Shard loopOf(Topic topic) {
        return shards.get(Math.floorMod(topic.hashCode(), shards.size()));
    }

    private static void send(
            Shard from,
            int loop,
            Message message,
            Target[] targets,
            @Nullable Session publisher,
            @Nullable Receipt receipt,
            Promise promise) {
        if (loop != from.index()) {
            from.outbox(loop).add(new Parcel(message, targets, publisher, receipt, promise, 0));
        } else {
            Reception.here(from, message, targets, publisher, receipt, promise, 0);
        }
    }

    /// The member that was chosen of a shared subscription did not take a message: another one gets
    /// it, on the same promise. On the loop that it came from, whose receipt knows nothing of it.
    ///
    /// A session that has ended is known as such by the time that its answer is here, so it is not
    /// chosen again. That a member is full is a hint which comes late, so only so many are asked.
    ///
    /// Without another member a message is gone as the subscription is, and nobody owes it.
    static void giveToAnother(Shard from, Parcel parcel, Outcome why) {
        Message message = parcel.message();
        Target before = parcel.targets()[0];
        SharedGroup group = from.routes().route(message.topic()).group(before.terms().sharedBy());
        boolean isRefused = why == Outcome.REJECTED;
        int refusals = parcel.refusals() + (isRefused ? 1 : 0);
        Target[] chosen = null;
        if (group != null && refusals < MOST_REFUSALS) {
            chosen =
                    isRefused
                            ? group.chooseWithRoom(message, parcel.publisher(), before.session())
                            : group.choose(message, parcel.publisher());
        }
        Receipt receipt = parcel.receipt();
        if (chosen == null) {
            if (isRefused) {
                from.tally().overflowed(before.session().key(), message.topic(), 1);
                from.needsEndOfTurn();
            }
            if (receipt != null) {
                receipt.note(why);
            }
            return;
        }
        int loop = chosen[0].session().loop();
        if (loop != from.index()) {
            from.outbox(loop).add(parcel.to(chosen, refusals));
        } else {
            Reception.here(
                    from, message, chosen, parcel.publisher(), receipt, parcel.promise(), refusals);
        }
    }

    /// Gives a message of a shared subscription to another member, because the session that had it
    /// ends. Without another member it is gone, as the subscription is.
    ///
    /// @param receipt is settled once it is safe there
    /// @param together whether it is written in one batch with its end at that session
    /// @return whether there is another member
    static boolean redirect(Shard from, Delivery delivery, Receipt receipt, boolean together) {
        Message message = delivery.message();
        Route route = from.routes().route(message.topic());
        SharedGroup group = route.group(delivery.terms().sharedBy());
        Target[] chosen = group == null ? null : group.choose(message, null);
        if (chosen == null) {
            return false;
        }
        Promise promise =
                from.journal() == null
                        ? Promise.inherited(Durability.NONE, false)
                        : Promise.inherited(route.durability(), together);
        send(from, chosen[0].session().loop(), message, chosen, null, receipt, promise);
        return true;
    }
}
