package eu.sermas.bus.backup;

import eu.sermas.bus.store.rocksdb.RocksStore;
import java.util.regex.Pattern;

/// What a backup is made of: the key that signs tokens, and the files of the records. A backup
/// makes nothing else, and a restore takes nothing else, whoever made the archive: what lies in a
/// data directory is read, trusted or even run by the next start.
enum Contents {
    KEY("issuer-key\\.json", 64L * 1024),
    RECORDS(
            RocksStore.RECORDS
                    + "/(CURRENT|IDENTITY|(MANIFEST|OPTIONS)-\\d{1,20}|\\d{1,20}\\.(sst|log|blob))",
            Long.MAX_VALUE),

    /// Plain files beside the records, such as the audit log, which earlier versions copied along.
    /// They are left out.
    BESIDE("[A-Za-z0-9_-][A-Za-z0-9._-]*", Long.MAX_VALUE),

    FOREIGN(".*", 0);

    private final Pattern path;
    private final long maxBytes;

    Contents(String path, long maxBytes) {
        this.path = Pattern.compile(path, Pattern.DOTALL);
        this.maxBytes = maxBytes;
    }

    /// @param path in the data directory, with `/`
    static Contents of(String path) {
        for (Contents kind : values()) {
            if (kind.path.matcher(path).matches()) {
                return kind;
            }
        }
        return FOREIGN;
    }

    /// Whether a restore puts it into the data directory.
    boolean isTaken() {
        return this == KEY || this == RECORDS;
    }

    long maxBytes() {
        return maxBytes;
    }
}
