package eu.sermas.bus.store;

import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// Ordered key-value storage in column families, with one unit of durability: the committed batch.
/// Keys are ordered as unsigned bytes. Safe for use by many threads.
///
/// Arrays that go in or come out are shared with the store and not to be changed afterwards.
/// Reading throws [StoreException] where the data cannot be read or the store is closed.
public interface Store extends AutoCloseable {

    /// The kinds of records, one column family each.
    enum Family {
        /// Facts about the data directory itself: format version, keys of the built-in issuer.
        META,
        /// Apps with their modules and clients.
        APP,
        USER,
        REFRESH_TOKEN,
        /// Sessions that outlive their connection, and what belongs to each, under its number.
        SESSION,
        SUBSCRIPTION,
        /// What waits for a session or is on its way to it, in order.
        QUEUE,
        /// What became of queued messages that were sent.
        IN_FLIGHT,
        /// Packet identifiers of QoS 2 messages that a client has not released yet.
        INBOUND,
        /// Messages that wait for more than one session.
        MESSAGE,
        RETAINED
    }

    /// How safe a batch has to be before its stage completes.
    enum Safety {
        /// Out of this process: it survives `kill -9`, not a power cut.
        WRITTEN,
        /// On the disk.
        SYNCED
    }

    /// The value of a key, or null. A batch is visible once its stage is complete, perhaps earlier.
    byte @Nullable [] get(Family family, byte[] key);

    /// Visits the records whose key begins with `prefix`, in order, as they were when the scan
    /// began, until the visitor says false.
    void scan(Family family, byte[] prefix, BiPredicate<byte[], byte[]> visitor);

    /// Visits the records from `from` up to `to`, which is not visited, in order, as they were when
    /// the scan began, until the visitor says false.
    void scan(Family family, byte[] from, byte[] to, BiPredicate<byte[], byte[]> visitor);

    /// Runs something that reads where it may wait for the disk: at once on this thread, or soon on
    /// one that is there for that.
    ///
    /// @param task throws nothing; it is not run any more once the store is closed
    default void read(Runnable task) {
        task.run();
    }

    /// Hands a batch to the committer and returns at once. Batches take effect in the order in
    /// which they were handed over, those of one succession without a gap: where one fails, so do
    /// those behind it until its owner mends the succession.
    ///
    /// A failed batch may have been written all the same, and be visible as a whole at once or
    /// after [#failure] has become null again, or never; whoever committed it must then write its
    /// keys again or delete them. Batches that fail are written in no other order than their own:
    /// none becomes visible over a batch that was handed over later and completed.
    ///
    /// @return a stage that completes once the whole batch is as safe as asked, or as this store
    ///   makes it; or with a [StoreException] where it could not be written, which may be at once,
    ///   on the calling thread. What is attached to the stage may hold up all other commits, so it
    ///   should only pass the news on
    CompletionStage<Void> commit(Batch batch, Safety safety, Succession succession);

    /// A commit that builds on no other one.
    default CompletionStage<Void> commit(Batch batch, Safety safety) {
        return commit(batch, safety, new Succession());
    }

    /// A commit that is complete once it is on the disk.
    default CompletionStage<Void> commit(Batch batch) {
        return commit(batch, Safety.SYNCED);
    }

    /// Why nothing can be written now, for an operator, or null where all is well. A store that
    /// fails goes on trying, so this may become null again by itself; commits fail until then.
    @Nullable String failure();

    /// Waits for what was handed over, then lets go of the files. A second call does nothing.
    @Override
    void close();
}
