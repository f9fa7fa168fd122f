package eu.sermas.bus.routing;

import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.routing.RetainedTree.Node;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A walk over the messages that a filter matches, for somebody who takes one after the other and
/// may take days. The tree goes on changing meanwhile.
///
/// The walk comes to every message that was there when it began and stays there until the walk is
/// at its place, exactly once. Whether it comes to what is put there meanwhile is left open; see
/// [#isFrom] for whoever has to know. It is as long as the tree is deep and not as wide: of each
/// level on the way it knows how far it has come.
///
/// Owned by one thread.
///
/// @param <M> the message
public final class RetainedWalk<M> {

    /// Nodes of which `depth` levels of the filter are behind.
    private record Branch<M>(Iterator<Node<M>> nodes, int depth) {}

    private final RetainedTree<M> tree;
    private final List<String> levels;
    private final ArrayDeque<Branch<M>> open = new ArrayDeque<>(4);
    private @Nullable Node<M> next;
    private @Nullable Node<M> here;

    RetainedWalk(RetainedTree<M> tree, TopicFilter filter, Node<M> root) {
        this.tree = tree;
        this.levels = filter.levels();
        this.next = enter(root, 0);
    }

    /// Goes on to the next message.
    ///
    /// @param steps how many places to look at, at most
    /// @return false where none of them had one; there may be more unless [#isOver]
    public boolean next(int steps) {
        here = null;
        for (int taken = 0; taken < steps && !isOver(); taken++) {
            Node<M> found = next == null ? step() : next;
            next = null;
            if (found != null && found.message() != null) {
                here = found;
                return true;
            }
        }
        return false;
    }

    /// Whether all have been passed but the one that [#message] is.
    public boolean isOver() {
        return next == null && open.isEmpty();
    }

    /// What is at this place now, or null where it has gone meanwhile.
    public @Nullable M message() {
        return here == null ? null : here.message();
    }

    /// Whether what is at this place now was put there after somebody asked for this mark, or is
    /// about to be replaced by what was.
    public boolean isFrom(long mark) {
        return here != null && here.stamp() >= mark;
    }

    private @Nullable Node<M> step() {
        Branch<M> branch = open.getLast();
        Node<M> node = branch.nodes.next();
        if (!branch.nodes.hasNext()) {
            open.removeLast(); // before those below it, or a deep topic would leave a long trail
        }
        return tree.isHiddenFromWildcards(node)
                ? null
                : enter(node, branch.depth); // [MQTT-4.7.2-1]
    }

    /// @param depth how many levels of the filter lead to the node
    /// @return the node that the filter comes to without a wildcard, or null
    private @Nullable Node<M> enter(Node<M> from, int depth) {
        Node<M> node = from;
        for (int i = depth; i < levels.size(); i++) {
            String level = levels.get(i);
            if (level.equals("#")) { // "sport/#" also matches "sport", section 4.7.1.2
                open(node, i);
                return node;
            }
            if (level.equals("+")) {
                open(node, i + 1);
                return null;
            }
            Node<M> child = tree.child(node, level);
            if (child == null) {
                return null;
            }
            node = child;
        }
        return node;
    }

    private void open(Node<M> node, int depth) {
        Iterator<Node<M>> nodes = tree.children(node);
        if (nodes.hasNext()) {
            open.addLast(new Branch<>(nodes, depth));
        }
    }
}
