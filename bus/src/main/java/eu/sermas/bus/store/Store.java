package eu.sermas.bus.store;

import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// Ordered key-value storage in column families, with one unit of durability: the committed batch.
/// Keys are ordered as unsigned bytes. Safe for use by many threads.
public interface Store extends AutoCloseable {

    /// The kinds of records, one column family each.
    enum Family {
        /// Facts about the data directory itself: format version, keys of the built-in issuer.
        META,
        /// Apps with their modules and clients.
        APP,
        USER,
        REFRESH_TOKEN
    }

    byte @Nullable [] get(Family family, byte[] key);

    /// Visits the records whose key begins with `prefix`, in order, until the visitor says false.
    void scan(Family family, byte[] prefix, BiPredicate<byte[], byte[]> visitor);

    /// Hands a batch to the committer and returns at once.
    ///
    /// @return a stage that completes, on a thread of the store, once the whole batch is as safe as
    ///   this store makes it, or exceptionally where it could not be written; then nothing of it
    ///   was
    CompletionStage<Void> commit(Batch batch);

    /// Waits for what was handed over, then lets go of the files.
    @Override
    void close();
}
