package eu.sermas.bus.routing;

import java.util.List;
import java.util.stream.IntStream;

/// The locks of those who write into a tree of levels: one for each branch of two levels, such as
/// that of an app (`app/A`), and one for the trunk, which is the root and the nodes of the first
/// level.
///
/// A name may have hundreds of levels and take many microseconds to be put in; nobody but its own
/// branch waits for that. Whoever changes the trunk holds its lock for the link or two that he
/// changes there, and takes it behind that of his branch. Branches share a lock by their hash with
/// one of a thousand others.
final class BranchLocks {

    /// How many levels name a branch.
    static final int LEVELS = 2;

    private static final int BRANCHES = 1 << 10;

    /// For what a node of the trunk refers to, and for names of one level.
    final Object trunk = new Object();

    private final List<Object> branches =
            IntStream.range(0, BRANCHES).mapToObj(_ -> new Object()).toList();

    Object of(List<String> levels) {
        return levels.size() == 1 ? trunk : of(levels.get(0), levels.get(1));
    }

    Object of(String[] levels) {
        return levels.length == 1 ? trunk : of(levels[0], levels[1]);
    }

    Object of(String first, String second) {
        int hash = (31 * first.hashCode() + second.hashCode()) * 0x9E3779B9;
        return branches.get(hash >>> (Integer.SIZE - 10));
    }
}
