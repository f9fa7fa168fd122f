package eu.sermas.bus.routing;

import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// All subscriptions of the broker, as a tree of filter levels. Any thread may read and write.
///
/// What it promises:
///
/// - A subscription whose [#add] has returned is in every match that starts afterwards, one whose
///   [#remove] has returned in none.
/// - Where [#version] is read before [#match], the matches stay right for as long as the version
///   stays the same, so they may be kept. A change below `app/A` leaves the versions of `app/B`
///   alone, so the come and go of one tenant's clients does not cost another tenant its matches.
/// - Readers take no lock and are never held up by a writer.
///
/// Why it keeps them: writers of one branch take turns under a lock, see [BranchLocks]. They
/// publish every change by one volatile write, and advance the version after the change. A version
/// that a reader has seen is therefore never newer than what its match finds. It may be older, and
/// then the matches are renewed once for nothing. Empty nodes are cut off under the same locks; a
/// reader that still stands on one finds nothing there, as it would have on the tree.
///
/// A filter may have thousands of levels, so nothing here calls itself.
///
/// @param <S> the subscriber; two of them are the same where they are the same object, so the class
///   must not define `equals`
public final class SubscriptionTree<S> {

    private final Slots<String, SubscriptionNode<S>> children = new Slots<>(node -> node.level);
    private final Slots<S, Receiver<S>> receivers = new Slots<>(Receiver::subscriber);
    private final Slots<String, SubscriptionNode.Share<S>> shares =
            new Slots<>(share -> share.name);

    private final SubscriptionNode<S> root = new SubscriptionNode<>("");
    private final TopicVersions versions = new TopicVersions();
    private final BranchLocks locks = new BranchLocks();
    private final AtomicInteger size = new AtomicInteger();

    /// Adds a subscription, in place of the subscriber's one with the same filter [MQTT-3.8.4-3].
    ///
    /// @param subscriptionId the Subscription Identifier, 0 for none
    /// @return whether the subscriber had none with this filter
    public boolean add(S subscriber, Subscription subscription, int subscriptionId) {
        TopicFilter filter = subscription.filter();
        Receiver<S> receiver = Receiver.of(subscriber, subscription, subscriptionId);
        synchronized (lockOf(filter)) {
            boolean isNew = put(nodeOf(filter), filter, receiver);
            if (isNew) {
                size.incrementAndGet();
            }
            versions.advance(filter);
            return isNew;
        }
    }

    /// @return whether there was such a subscription
    public boolean remove(S subscriber, TopicFilter filter) {
        synchronized (lockOf(filter)) {
            Deque<SubscriptionNode<S>> path = pathOf(filter);
            if (path == null || !take(path.getLast(), filter, subscriber)) {
                return false;
            }
            prune(path);
            size.decrementAndGet();
            versions.advance(filter);
            return true;
        }
    }

    /// What writers of this filter hold.
    Object lockOf(TopicFilter filter) {
        return locks.of(filter.levels());
    }

    /// Who gets a message with this topic.
    public Matches<S> match(Topic topic) {
        MatchCollector<S> found = new MatchCollector<>(receivers, shares);
        String[] levels = topic.levels();
        List<SubscriptionNode<S>> reached = List.of(root);
        for (int depth = 0; depth < levels.length && !reached.isEmpty(); depth++) {
            boolean wildcards = depth > 0 || !topic.isReserved(); // [MQTT-4.7.2-1]
            List<SubscriptionNode<S>> next = new ArrayList<>(2);
            for (SubscriptionNode<S> node : reached) {
                step(node, levels[depth], wildcards, next, found);
            }
            reached = next;
        }
        for (SubscriptionNode<S> node : reached) {
            found.add(node);
            SubscriptionNode<S> many = node.many; // "sport/#" matches "sport", section 4.7.1.2
            if (many != null) {
                found.add(many);
            }
        }
        return found.matches();
    }

    /// Every subscription that matches this topic, for people: unlike [#match] one that has several
    /// comes several times.
    ///
    /// @param action is told the filter, which is made when it is asked for, and who has it
    public void forEachMatch(Topic topic, BiConsumer<Supplier<TopicFilter>, Receiver<S>> action) {
        String[] levels = topic.levels();
        List<Step<S>> reached = List.of(new Step<>(root, null));
        for (int depth = 0; depth < levels.length && !reached.isEmpty(); depth++) {
            boolean wildcards = depth > 0 || !topic.isReserved(); // [MQTT-4.7.2-1]
            List<Step<S>> next = new ArrayList<>(2);
            for (Step<S> step : reached) {
                add(next, step, children.find(step.node.children, levels[depth]));
                add(next, step, wildcards ? step.node.plus : null);
                tell(step, wildcards ? step.node.many : null, action);
            }
            reached = next;
        }
        for (Step<S> step : reached) {
            tell(step, action);
            tell(step, step.node.many, action);
        }
    }

    /// A node with the way to it.
    private record Step<S>(SubscriptionNode<S> node, @Nullable Step<S> before) {

        TopicFilter filter() {
            ArrayDeque<String> levels = new ArrayDeque<>();
            for (Step<S> step = this; step.before != null; step = step.before) {
                levels.addFirst(step.node.level);
            }
            return TopicFilter.of(String.join("/", levels));
        }
    }

    private static <S> void add(
            List<Step<S>> next, Step<S> before, @Nullable SubscriptionNode<S> node) {
        if (node != null) {
            next.add(new Step<>(node, before));
        }
    }

    private void tell(
            Step<S> before,
            @Nullable SubscriptionNode<S> node,
            BiConsumer<Supplier<TopicFilter>, Receiver<S>> action) {
        if (node != null) {
            tell(new Step<>(node, before), action);
        }
    }

    private void tell(Step<S> step, BiConsumer<Supplier<TopicFilter>, Receiver<S>> action) {
        Object here = step.node.receivers;
        if (here != null) {
            receivers.forEach(here, receiver -> action.accept(step::filter, receiver));
        }
        Object groups = step.node.shares;
        if (groups != null) {
            shares.forEach(
                    groups,
                    share ->
                            receivers.forEach(
                                    share.members,
                                    member -> action.accept(() -> share.filter, member)));
        }
    }

    private void step(
            SubscriptionNode<S> node,
            String level,
            boolean wildcards,
            List<SubscriptionNode<S>> next,
            MatchCollector<S> found) {
        SubscriptionNode<S> child = children.find(node.children, level);
        if (child != null) {
            next.add(child);
        }
        if (!wildcards) {
            return;
        }
        SubscriptionNode<S> plus = node.plus;
        if (plus != null) {
            next.add(plus);
        }
        SubscriptionNode<S> many = node.many;
        if (many != null) {
            found.add(many);
        }
    }

    /// A number that is another one after each change that could make a difference to
    /// `match(topic)`.
    public long version(Topic topic) {
        return versions.of(topic);
    }

    /// The number of subscriptions.
    public int size() {
        return size.get();
    }

    private boolean put(SubscriptionNode<S> node, TopicFilter filter, Receiver<S> receiver) {
        S subscriber = receiver.subscriber();
        String shareName = filter.shareName();
        if (shareName == null) {
            boolean isNew = receivers.find(node.receivers, subscriber) == null;
            node.receivers = receivers.put(node.receivers, receiver);
            return isNew;
        }
        SubscriptionNode.Share<S> share = shares.find(node.shares, shareName);
        if (share == null) {
            share = new SubscriptionNode.Share<>(shareName, filter, receiver);
            node.shares = shares.put(node.shares, share);
            return true;
        }
        boolean isNew = receivers.find(share.members, subscriber) == null;
        share.members = receivers.put(share.members, receiver);
        return isNew;
    }

    private boolean take(SubscriptionNode<S> node, TopicFilter filter, S subscriber) {
        String shareName = filter.shareName();
        if (shareName == null) {
            if (receivers.find(node.receivers, subscriber) == null) {
                return false;
            }
            node.receivers = receivers.remove(node.receivers, subscriber);
            return true;
        }
        SubscriptionNode.Share<S> share = shares.find(node.shares, shareName);
        if (share == null || receivers.find(share.members, subscriber) == null) {
            return false;
        }
        Object rest = receivers.remove(share.members, subscriber);
        if (rest == null) {
            node.shares = shares.remove(node.shares, shareName);
        } else {
            share.members = rest;
        }
        return true;
    }

    private SubscriptionNode<S> nodeOf(TopicFilter filter) {
        List<String> levels = filter.levels();
        int inTrunk = Math.min(BranchLocks.LEVELS, levels.size());
        SubscriptionNode<S> node = root;
        synchronized (locks.trunk) { // both links at once, or the first could be cut off in between
            for (String level : levels.subList(0, inTrunk)) {
                node = nextOrNew(node, level);
            }
        }
        for (String level : levels.subList(inTrunk, levels.size())) {
            node = nextOrNew(node, level);
        }
        return node;
    }

    private SubscriptionNode<S> nextOrNew(SubscriptionNode<S> node, String level) {
        SubscriptionNode<S> next = next(node, level);
        if (next == null) {
            next = new SubscriptionNode<>(level);
            link(node, next);
        }
        return next;
    }

    /// The nodes from the root to the one where the filter ends, or null where there is none.
    private @Nullable Deque<SubscriptionNode<S>> pathOf(TopicFilter filter) {
        Deque<SubscriptionNode<S>> path = new ArrayDeque<>();
        SubscriptionNode<S> node = root;
        path.add(node);
        for (String level : filter.levels()) {
            node = next(node, level);
            if (node == null) {
                return null;
            }
            path.add(node);
        }
        return path;
    }

    private void prune(Deque<SubscriptionNode<S>> path) {
        cutEmpty(path, BranchLocks.LEVELS + 1);
        synchronized (locks.trunk) {
            cutEmpty(path, 1);
        }
    }

    /// @param least how many nodes of the path stay in any case
    private void cutEmpty(Deque<SubscriptionNode<S>> path, int least) {
        while (path.size() > least && path.getLast().isEmpty()) {
            SubscriptionNode<S> empty = path.removeLast();
            unlink(path.getLast(), empty.level);
        }
    }

    private @Nullable SubscriptionNode<S> next(SubscriptionNode<S> node, String level) {
        return switch (level) {
            case "+" -> node.plus;
            case "#" -> node.many;
            default -> children.find(node.children, level);
        };
    }

    private void link(SubscriptionNode<S> parent, SubscriptionNode<S> node) {
        switch (node.level) {
            case "+" -> parent.plus = node;
            case "#" -> parent.many = node;
            default -> parent.children = children.put(parent.children, node);
        }
    }

    private void unlink(SubscriptionNode<S> parent, String level) {
        switch (level) {
            case "+" -> parent.plus = null;
            case "#" -> parent.many = null;
            default -> parent.children = children.remove(parent.children, level);
        }
    }

    /// For tests: the nodes below the root; 0 where nobody is subscribed to anything.
    int nodeCount() {
        int count = -1;
        Deque<SubscriptionNode<S>> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            SubscriptionNode<S> node = open.removeLast();
            count++;
            children.forEach(node.children, open::add);
            if (node.plus != null) {
                open.add(Objects.requireNonNull(node.plus));
            }
            if (node.many != null) {
                open.add(Objects.requireNonNull(node.many));
            }
        }
        return count;
    }
}
