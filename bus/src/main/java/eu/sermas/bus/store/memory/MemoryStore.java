package eu.sermas.bus.store.memory;

import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.StoreException;
import eu.sermas.bus.store.Succession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// A store that ends with the process. A batch is applied by the committing thread under a lock, so
/// nobody sees half of it, and its stage is complete at once.
///
/// A scan collects its records before it visits the first: the visitor may take its time and use
/// the store itself.
public final class MemoryStore implements Store {

    private final Map<Family, NavigableMap<byte[], byte[]>> families = new EnumMap<>(Family.class);
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    public MemoryStore() {
        for (Family family : Family.values()) {
            families.put(family, new TreeMap<>(Arrays::compareUnsigned));
        }
    }

    @Override
    public byte @Nullable [] get(Family family, byte[] key) {
        lock.readLock().lock();
        try {
            return records(family).get(key);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void scan(Family family, byte[] prefix, BiPredicate<byte[], byte[]> visitor) {
        for (Map.Entry<byte[], byte[]> entry : withPrefix(family, prefix)) {
            if (!visitor.test(entry.getKey(), entry.getValue())) {
                return;
            }
        }
    }

    @Override
    public void scan(Family family, byte[] from, byte[] to, BiPredicate<byte[], byte[]> visitor) {
        for (Map.Entry<byte[], byte[]> entry : between(family, from, to)) {
            if (!visitor.test(entry.getKey(), entry.getValue())) {
                return;
            }
        }
    }

    private List<Map.Entry<byte[], byte[]>> between(Family family, byte[] from, byte[] to) {
        lock.readLock().lock();
        try {
            return List.copyOf(records(family).subMap(from, true, to, false).entrySet());
        } finally {
            lock.readLock().unlock();
        }
    }

    private List<Map.Entry<byte[], byte[]>> withPrefix(Family family, byte[] prefix) {
        List<Map.Entry<byte[], byte[]>> found = new ArrayList<>();
        lock.readLock().lock();
        try {
            for (Map.Entry<byte[], byte[]> entry :
                    records(family).tailMap(prefix, true).entrySet()) {
                if (!startsWith(entry.getKey(), prefix)) {
                    break;
                }
                found.add(Map.entry(entry.getKey(), entry.getValue()));
            }
        } finally {
            lock.readLock().unlock();
        }
        return found;
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length
                && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    @Override
    public CompletionStage<Void> commit(Batch batch, Safety safety, Succession succession) {
        lock.writeLock().lock();
        try {
            checkOpen();
            batch.changes().forEach(this::apply);
            return CompletableFuture.completedFuture(null);
        } catch (StoreException e) {
            return CompletableFuture.failedFuture(e);
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public @Nullable String failure() {
        return null;
    }

    private void apply(Batch.Change change) {
        byte[] value = change.value();
        byte[] end = change.end();
        if (end != null) {
            records(change.family()).subMap(change.key(), true, end, false).clear();
        } else if (value == null) {
            records(change.family()).remove(change.key());
        } else {
            records(change.family()).put(change.key(), value);
        }
    }

    private NavigableMap<byte[], byte[]> records(Family family) {
        checkOpen();
        NavigableMap<byte[], byte[]> records = families.get(family);
        if (records == null) {
            throw new IllegalStateException("no family " + family);
        }
        return records;
    }

    private void checkOpen() {
        if (closed) {
            throw new StoreException("store: closed");
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            closed = true;
        } finally {
            lock.writeLock().unlock();
        }
    }
}
