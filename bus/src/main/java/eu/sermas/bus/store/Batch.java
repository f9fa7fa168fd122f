package eu.sermas.bus.store;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Changes that become visible and durable together or not at all, in their order: of two changes
/// of one key the later holds. Not safe for several threads, and not to be changed once committed.
public final class Batch {

    /// One change; a null value deletes the key.
    public record Change(Store.Family family, byte[] key, byte @Nullable [] value) {}

    private final List<Change> changes = new ArrayList<>();

    public Batch put(Store.Family family, byte[] key, byte[] value) {
        changes.add(new Change(family, key, value));
        return this;
    }

    public Batch delete(Store.Family family, byte[] key) {
        changes.add(new Change(family, key, null));
        return this;
    }

    public boolean isEmpty() {
        return changes.isEmpty();
    }

    public List<Change> changes() {
        return changes;
    }
}
