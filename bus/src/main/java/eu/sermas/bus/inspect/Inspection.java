package eu.sermas.bus.inspect;

import eu.sermas.bus.store.Store.Family;
import eu.sermas.bus.store.rocksdb.StoredRecords;

/// Looks through the records of a data directory.
public final class Inspection {

    private static final byte[] ALL = {};

    private final StoredRecords records;
    private final Report report;

    public Inspection(StoredRecords records, Report report) {
        this.records = records;
        this.report = report;
    }

    /// How much there is of everything.
    public void summary() {
        for (Family family : Family.values()) {
            long[] sums = new long[2];
            records.scan(
                    family,
                    ALL,
                    (key, value) -> {
                        sums[0]++;
                        sums[1] += key.length + value.length;
                        return true;
                    });
            report.add(new FamilyRow(family.name(), sums[0], sums[1]));
        }
    }
}
