/// The store that outlives the process: RocksDB, embedded.
@NullMarked
package eu.sermas.bus.store.rocksdb;

import org.jspecify.annotations.NullMarked;
