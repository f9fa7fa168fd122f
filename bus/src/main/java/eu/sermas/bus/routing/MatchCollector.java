package eu.sermas.bus.routing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Gathers what one match finds, node by node. As long as a single node has subscribers, none can
/// come twice and a list is enough; from the second node on, a map finds those that were there
/// before.
final class MatchCollector<S> {

    private final Slots<S, Receiver<S>> receiverSlots;
    private final Slots<String, SubscriptionNode.Share<S>> shareSlots;

    private final List<Receiver<S>> receivers = new ArrayList<>(2);
    private @Nullable Map<S, Receiver<S>> merged;
    private @Nullable List<Group<S>> groups;

    MatchCollector(
            Slots<S, Receiver<S>> receiverSlots,
            Slots<String, SubscriptionNode.Share<S>> shareSlots) {
        this.receiverSlots = receiverSlots;
        this.shareSlots = shareSlots;
    }

    void add(SubscriptionNode<S> node) {
        Object here = node.receivers;
        if (here != null) {
            addReceivers(here);
        }
        Object shares = node.shares;
        if (shares != null) {
            shareSlots.forEach(shares, this::addGroup);
        }
    }

    private void addReceivers(Object here) {
        if (receivers.isEmpty() && merged == null) {
            receiverSlots.forEach(here, receivers::add);
            return;
        }
        if (merged == null) {
            merged = new LinkedHashMap<>();
            receivers.forEach(this::merge);
        }
        receiverSlots.forEach(here, this::merge);
    }

    private void merge(Receiver<S> receiver) {
        if (merged != null) {
            merged.merge(receiver.subscriber(), receiver, Receiver::and);
        }
    }

    private void addGroup(SubscriptionNode.Share<S> share) {
        List<Receiver<S>> members = new ArrayList<>(2);
        receiverSlots.forEach(share.members, members::add);
        if (groups == null) {
            groups = new ArrayList<>(2);
        }
        groups.add(new Group<>(share.filter, List.copyOf(members)));
    }

    Matches<S> matches() {
        if (receivers.isEmpty() && groups == null) {
            return Matches.none();
        }
        return new Matches<>(
                List.copyOf(merged == null ? receivers : merged.values()),
                groups == null ? List.of() : List.copyOf(groups));
    }
}
