package eu.sermas.bus.routing;

import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The retained message of each topic, as a tree of topic levels, so that a filter finds its
/// messages without a look at those of other branches. Any thread may read and write.
///
/// Readers take no lock: a message is replaced by one volatile write, and a walk sees of each topic
/// the message before or after a change that happens meanwhile. Writers of one branch take turns
/// under a lock, see [BranchLocks], and cut off branches that hold nothing. A topic may have
/// thousands of levels, so nothing here calls itself.
///
/// @param <M> the message
public final class RetainedTree<M> {

    static final class Node<M> {

        final String level;
        final @Nullable Node<M> parent;
        volatile @Nullable Object children;
        volatile @Nullable M message;

        /// The marks that were given out when the message was put, or the next one was about to be.
        volatile long stamp;

        Node(String level, @Nullable Node<M> parent) {
            this.level = level;
            this.parent = parent;
        }

        @Nullable M message() {
            return message;
        }

        long stamp() {
            return stamp;
        }

        boolean isEmpty() {
            return message == null && children == null;
        }
    }

    private final Slots<String, Node<M>> children = new Slots<>(node -> node.level);
    private final Node<M> root = new Node<>("", null);
    private final BranchLocks locks = new BranchLocks();
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicLong marks = new AtomicLong();

    /// @return the message that was retained before, or null
    public @Nullable M put(Topic topic, M message) {
        String[] levels = topic.levels();
        synchronized (lockOf(topic)) {
            int inTrunk = Math.min(BranchLocks.LEVELS, levels.length);
            Node<M> node = root;
            synchronized (locks.trunk) { // both links at once, or the first could be cut off
                for (int depth = 0; depth < inTrunk; depth++) {
                    node = nextOrNew(node, levels[depth]);
                }
            }
            for (int depth = inTrunk; depth < levels.length; depth++) {
                node = nextOrNew(node, levels[depth]);
            }
            M before = node.message;
            node.stamp = marks.get();
            node.message = message;
            if (before == null) {
                size.incrementAndGet();
            }
            return before;
        }
    }

    private Node<M> nextOrNew(Node<M> node, String level) {
        Node<M> next = children.find(node.children, level);
        if (next == null) {
            next = new Node<>(level, node);
            node.children = children.put(node.children, next);
        }
        return next;
    }

    /// @return the message that was retained, or null
    public @Nullable M remove(Topic topic) {
        synchronized (lockOf(topic)) {
            Node<M> node = find(topic);
            M before = node == null ? null : node.message;
            if (node != null && before != null) {
                clear(node);
                size.decrementAndGet();
            }
            return before;
        }
    }

    public @Nullable M get(Topic topic) {
        Node<M> node = find(topic);
        return node == null ? null : node.message;
    }

    /// The number of retained messages.
    public int size() {
        return size.get();
    }

    /// A mark in the life of the tree: what is put from now on is told apart from what was put
    /// before, see [RetainedWalk#isFrom].
    public long mark() {
        return marks.incrementAndGet();
    }

    /// A walk over the messages that the filter matches, which may take its time.
    public RetainedWalk<M> walk(TopicFilter filter) {
        return new RetainedWalk<>(this, filter, root);
    }

    Iterator<Node<M>> children(Node<M> node) {
        return children.iterator(node.children);
    }

    @Nullable Node<M> child(Node<M> node, String level) {
        return children.find(node.children, level);
    }

    boolean isHiddenFromWildcards(Node<M> node) { // [MQTT-4.7.2-1]
        return node.parent == root && node.level.startsWith("$");
    }

    /// Visits the message of every topic that the filter matches, in no particular order. A share
    /// name makes no difference.
    public void forEachMatch(TopicFilter filter, Consumer<? super M> action) {
        List<Node<M>> reached = List.of(root);
        for (String level : filter.levels()) {
            if (level.equals("#")) {
                forEachBelow(reached, action);
                return;
            }
            reached = next(reached, level);
            if (reached.isEmpty()) {
                return;
            }
        }
        reached.forEach(node -> visit(node, action));
    }

    private List<Node<M>> next(List<Node<M>> nodes, String level) {
        List<Node<M>> next = new ArrayList<>();
        for (Node<M> node : nodes) {
            if (level.equals("+")) {
                forEachWildcardChild(node, next::add);
            } else {
                Node<M> child = children.find(node.children, level);
                if (child != null) {
                    next.add(child);
                }
            }
        }
        return next;
    }

    /// The nodes and all below them, as "sport/#" also matches "sport", section 4.7.1.2.
    private void forEachBelow(List<Node<M>> nodes, Consumer<? super M> action) {
        Deque<Node<M>> open = new ArrayDeque<>(nodes);
        while (!open.isEmpty()) {
            Node<M> node = open.removeLast();
            visit(node, action);
            forEachWildcardChild(node, open::add);
        }
    }

    private void forEachWildcardChild(Node<M> node, Consumer<Node<M>> action) {
        children.forEach(
                node.children,
                child -> {
                    if (!isHiddenFromWildcards(child)) {
                        action.accept(child);
                    }
                });
    }

    private void visit(Node<M> node, Consumer<? super M> action) {
        M message = node.message;
        if (message != null) {
            action.accept(message);
        }
    }

    /// Removes the messages for which the test holds, such as expired ones. The test runs without a
    /// lock, so a sweep over a million messages holds up nobody; a message that is replaced
    /// meanwhile stays.
    ///
    /// @return how many were removed
    public int removeIf(Predicate<? super M> test) {
        return removeIf(test, _ -> {});
    }

    /// The same, telling each message that was removed.
    public int removeIf(Predicate<? super M> test, Consumer<? super M> gone) {
        int removed = 0;
        Deque<Node<M>> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            Node<M> node = open.removeLast();
            children.forEach(node.children, open::add);
            M message = node.message;
            if (message != null && test.test(message) && removeSame(node, message)) {
                removed++;
                gone.accept(message);
            }
        }
        return removed;
    }

    @SuppressWarnings("ReferenceEquality") // an equal message put meanwhile is another one
    private boolean removeSame(Node<M> node, M message) {
        synchronized (lockOf(node)) {
            boolean same = node.message == message;
            if (same) {
                clear(node);
                size.decrementAndGet();
            }
            return same;
        }
    }

    private @Nullable Node<M> find(Topic topic) {
        Node<M> node = root;
        for (String level : topic.levels()) {
            node = children.find(node.children, level);
            if (node == null) {
                return null;
            }
        }
        return node;
    }

    /// What writers of this topic hold.
    Object lockOf(Topic topic) {
        return locks.of(topic.levels());
    }

    private Object lockOf(Node<M> node) {
        Node<M> branch = node;
        Node<M> parent = node.parent;
        while (parent != null && !isTrunk(parent)) {
            branch = parent;
            parent = branch.parent;
        }
        return parent == null || parent == root
                ? locks.trunk
                : locks.of(parent.level, branch.level);
    }

    /// The root and the nodes of the first level.
    private boolean isTrunk(Node<M> node) {
        return node == root || node.parent == root;
    }

    private void clear(Node<M> node) {
        node.message = null;
        Node<M> parent = node.parent;
        Node<M> empty = node;
        while (parent != null && !isTrunk(parent) && empty.isEmpty()) {
            parent.children = children.remove(parent.children, empty.level);
            empty = parent;
            parent = empty.parent;
        }
        synchronized (locks.trunk) {
            while (parent != null && empty.isEmpty()) {
                parent.children = children.remove(parent.children, empty.level);
                empty = parent;
                parent = empty.parent;
            }
        }
    }

    /// For tests: the nodes below the root; 0 where nothing is retained.
    int nodeCount() {
        int count = -1;
        Deque<Node<M>> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            Node<M> node = open.removeLast();
            count++;
            children.forEach(node.children, open::add);
        }
        return count;
    }
}
