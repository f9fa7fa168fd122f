package eu.sermas.bus.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store.Family;
import eu.sermas.bus.store.Store.Safety;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// The open files, and everything native that belongs to them. After [#close] nothing here may be
/// called: the machine code does not check.
final class Database {

    /// Everything but the handles is closed in the opposite order of its making.
    private final List<AbstractNativeReference> owned = new ArrayList<>();

    private final List<ColumnFamilyHandle> handles = new ArrayList<>();
    private final Map<Family, ColumnFamilyHandle> families = new EnumMap<>(Family.class);
    private final WriteOptions synced = own(new WriteOptions().setSync(true));
    private final WriteOptions written = own(new WriteOptions());
    private final RocksDB rocks;

    /// @param folder made where it is missing, in a folder that exists
    Database(Path folder) throws RocksDBException {
        this(folder, false);
    }

    /// Opens what is there as it is, without lock and without changing a file; another process may
    /// have it open and write.
    static Database forReading(Path folder) throws RocksDBException {
        return new Database(folder, true);
    }

    private Database(Path folder, boolean readOnly) throws RocksDBException {
        try {
            rocks = open(folder, readOnly);
        } catch (RocksDBException e) {
            closeOwned();
            throw e;
        }
    }

    private RocksDB open(Path folder, boolean readOnly) throws RocksDBException {
        DBOptions options = own(Tuning.database());
        Cache cache = own(new LRUCache(Tuning.CACHE_BYTES));
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        for (String name : names(folder, readOnly)) {
            ColumnFamilyOptions family = own(Tuning.family(name, cache));
            descriptors.add(new ColumnFamilyDescriptor(name.getBytes(UTF_8), family));
        }
        RocksDB opened =
                readOnly
                        ? RocksDB.openReadOnly(options, folder.toString(), descriptors, handles)
                        : RocksDB.open(options, folder.toString(), descriptors, handles);
        for (Family family : Family.values()) {
            for (ColumnFamilyHandle handle : handles) {
                if (new String(handle.getName(), UTF_8).equals(family.name())) {
                    families.put(family, handle);
                }
            }
        }
        return opened;
    }

    /// All families that are there have to be opened, those of a newer version too, or RocksDB
    /// refuses before the format version can be read.
    private static Set<String> names(Path folder, boolean existing) throws RocksDBException {
        Set<String> names = new LinkedHashSet<>();
        names.add(new String(RocksDB.DEFAULT_COLUMN_FAMILY, UTF_8));
        if (Files.exists(folder.resolve("CURRENT"))) {
            try (Options options = new Options()) {
                for (byte[] name : RocksDB.listColumnFamilies(options, folder.toString())) {
                    names.add(new String(name, UTF_8));
                }
            }
        }
        if (!existing) {
            for (Family family : Family.values()) {
                names.add(family.name());
            }
        }
        return names;
    }

    byte @Nullable [] get(Family family, byte[] key) throws RocksDBException {
        return rocks.get(handle(family), key);
    }

    void scan(Family family, byte[] prefix, BiPredicate<byte[], byte[]> visitor)
            throws RocksDBException {
        scan(family, prefix, firstBehind(prefix), visitor);
    }

    /// @param end the first key that is not visited, or null to visit all
    void scan(
            Family family, byte[] from, byte @Nullable [] end, BiPredicate<byte[], byte[]> visitor)
            throws RocksDBException {
        try (ReadOptions options = new ReadOptions().setFillCache(false);
                Slice bound = end == null ? null : new Slice(end)) {
            if (bound != null) {
                options.setIterateUpperBound(bound);
            }
            try (RocksIterator records = rocks.newIterator(handle(family), options)) {
                records.seek(from);
                while (records.isValid() && visitor.test(records.key(), records.value())) {
                    records.next();
                }
                records.status(); // an error ends the records too
            }
        }
    }

    /// The lowest key above all that begin with `prefix`, or null where there is none.
    private static byte @Nullable [] firstBehind(byte[] prefix) {
        int last = prefix.length - 1;
        while (last >= 0 && prefix[last] == (byte) 0xff) {
            last--;
        }
        if (last < 0) {
            return null;
        }
        byte[] end = Arrays.copyOf(prefix, last + 1);
        end[last]++;
        return end;
    }

    void append(Batch batch, WriteBatch writes) throws RocksDBException {
        for (Batch.Change change : batch.changes()) {
            byte[] value = change.value();
            byte[] end = change.end();
            if (end != null) {
                writes.deleteRange(handle(change.family()), change.key(), end);
            } else if (value == null) {
                writes.delete(handle(change.family()), change.key());
            } else {
                writes.put(handle(change.family()), change.key(), value);
            }
        }
    }

    void write(WriteBatch writes, Safety safety) throws RocksDBException {
        if (writes.count() > 0) {
            rocks.write(safety == Safety.SYNCED ? synced : written, writes);
        }
    }

    /// Brings what was only written to the disk too.
    void sync() throws RocksDBException {
        rocks.syncWal();
    }

    /// Makes a folder with hard links to the records of this moment.
    void checkpoint(Path folder) throws RocksDBException {
        try (org.rocksdb.Checkpoint checkpoint = org.rocksdb.Checkpoint.create(rocks)) {
            checkpoint.createCheckpoint(folder.toString());
        }
    }

    /// False for a family that an older version did not have, where files are only read.
    boolean has(Family family) {
        return families.containsKey(family);
    }

    private ColumnFamilyHandle handle(Family family) {
        ColumnFamilyHandle handle = families.get(family);
        if (handle == null) {
            throw new IllegalStateException("no family " + family);
        }
        return handle;
    }

    private <T extends AbstractNativeReference> T own(T reference) {
        owned.add(reference);
        return reference;
    }

    void close() {
        handles.forEach(ColumnFamilyHandle::close);
        rocks.close();
        closeOwned();
    }

    private void closeOwned() {
        owned.reversed().forEach(AbstractNativeReference::close);
    }
}
