package eu.sermas.bus.store.rocksdb;

import eu.sermas.bus.store.Store.Family;
import java.util.EnumSet;
import java.util.Set;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.WALRecoveryMode;

/// How RocksDB is set up. Whatever the size of the data, it takes [#CACHE_BYTES] and
/// [#MEMTABLES_BYTES] outside the heap, and little more.
final class Tuning {

    /// Blocks of files, their indexes among them.
    static final long CACHE_BYTES = 32L * 1024 * 1024;

    /// All memtables of all families together.
    private static final long MEMTABLES_BYTES = 128L * 1024 * 1024;

    /// What a start after a crash has to read again at most.
    private static final long LOG_BYTES = 128L * 1024 * 1024;

    /// Small, as records are few and small.
    private static final long MEMTABLE_BYTES = 8L * 1024 * 1024;

    /// Records that are deleted soon after they were written. Those that do not leave the memtable
    /// never reach a file, and a third memtable lets writes go on while two are flushed.
    private static final Set<Family> SHORT_LIVED =
            EnumSet.of(Family.QUEUE, Family.IN_FLIGHT, Family.INBOUND, Family.MESSAGE);

    private static final long SHORT_LIVED_MEMTABLE_BYTES = 16L * 1024 * 1024;
    private static final int SHORT_LIVED_MEMTABLES = 3;

    /// Deleted ranges of a memtable, beyond which it becomes a file: they are sorted again for the
    /// next reader whenever one has come.
    private static final int MEMTABLE_RANGES = 1_000;

    /// So that the disk is not given all of a large file at once, with a commit waiting behind it.
    private static final long BYTES_PER_SYNC = 1024L * 1024;

    private Tuning() {}

    static DBOptions database() {
        return new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                // After a power cut the end of the log that was never synced may be in any state,
                // with holes even. All up to the first damage is a state that once was; nothing
                // behind it was promised to anybody.
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                .setMaxTotalWalSize(LOG_BYTES)
                .setDbWriteBufferSize(MEMTABLES_BYTES)
                .setBytesPerSync(BYTES_PER_SYNC)
                .setMaxBackgroundJobs(2)
                // All is in the log already; a start reads it from there.
                .setAvoidFlushDuringShutdown(true)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setMaxLogFileSize(1024 * 1024)
                .setKeepLogFileNum(2)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0);
    }

    /// @param name of a family, perhaps one that only a newer version knows
    static ColumnFamilyOptions family(String name, Cache cache) {
        ColumnFamilyOptions options =
                new ColumnFamilyOptions()
                        .setWriteBufferSize(MEMTABLE_BYTES)
                        .setMemtableMaxRangeDeletions(MEMTABLE_RANGES)
                        .setCompressionType(CompressionType.LZ4_COMPRESSION)
                        .setTableFormatConfig(
                                new BlockBasedTableConfig()
                                        .setBlockCache(cache)
                                        .setCacheIndexAndFilterBlocks(true)
                                        .setPinL0FilterAndIndexBlocksInCache(true));
        if (SHORT_LIVED.stream().anyMatch(family -> family.name().equals(name))) {
            options.setWriteBufferSize(SHORT_LIVED_MEMTABLE_BYTES)
                    .setMaxWriteBufferNumber(SHORT_LIVED_MEMTABLES);
        }
        return options;
    }
}
