package eu.sermas.bus.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Changes that become visible and durable together or not at all, in their order: of two changes
/// of one key the later holds. Not safe for several threads, and not to be changed once committed.
public final class Batch {

    /// One change. A null value deletes the key, or with an end all keys from `key` up to that end,
    /// which itself stays.
    public record Change(
            Store.Family family, byte[] key, byte @Nullable [] value, byte @Nullable [] end) {}

    private final List<Change> changes = new ArrayList<>();
    private long bytes;

    public Batch put(Store.Family family, byte[] key, byte[] value) {
        changes.add(new Change(family, key, value, null));
        bytes += key.length + value.length;
        return this;
    }

    public Batch delete(Store.Family family, byte[] key) {
        changes.add(new Change(family, key, null, null));
        bytes += key.length;
        return this;
    }

    /// Deletes all keys from `from` up to `to`, which itself stays.
    ///
    /// @throws IllegalArgumentException where `from` comes after `to`
    public Batch deleteRange(Store.Family family, byte[] from, byte[] to) {
        if (Arrays.compareUnsigned(from, to) > 0) {
            throw new IllegalArgumentException(
                    "range: from %s to %s (expected: ascending)"
                            .formatted(
                                    HexFormat.of().formatHex(from), HexFormat.of().formatHex(to)));
        }
        changes.add(new Change(family, from, null, to));
        bytes += from.length + to.length;
        return this;
    }

    /// Adds all changes of another batch behind those of this one.
    public Batch addAll(Batch other) {
        changes.addAll(other.changes);
        bytes += other.bytes;
        return this;
    }

    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /// The length of all keys and values.
    public long bytes() {
        return bytes;
    }

    public List<Change> changes() {
        return changes;
    }
}
