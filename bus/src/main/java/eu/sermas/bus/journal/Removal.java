package eu.sermas.bus.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import eu.sermas.bus.store.Batch;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.Store.Family;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes off the disk what is kept there of somebody who is no more, whatever a journal has still
/// to say about it: sessions with everything that belongs to them, and retained messages.
///
/// At a start it comes before anything is read; later, after whoever owned it has let go of it.
public final class Removal {

    private static final Logger LOG = LoggerFactory.getLogger(Removal.class);

    private static final List<Family> OF_SESSIONS =
            List.of(
                    Family.SESSION,
                    Family.SUBSCRIPTION,
                    Family.QUEUE,
                    Family.IN_FLIGHT,
                    Family.INBOUND);

    private final Store store;
    private final Batch batch = new Batch();

    private Removal(Store store) {
        this.store = store;
    }

    /// Returns when it is synced.
    ///
    /// @param principals whose sessions are meant, by the id
    /// @param topic the first levels of the topics whose retained messages are meant
    public static void from(Store store, Predicate<String> principals, String topic) {
        Removal removal = new Removal(store);
        removal.sessions(principals);
        removal.retained(topic);
        if (!removal.batch.isEmpty()) {
            store.commit(removal.batch).toCompletableFuture().join();
        }
    }

    private void sessions(Predicate<String> principals) {
        Set<Long> numbers = new HashSet<>();
        store.scan(
                Family.SESSION,
                new byte[0],
                (key, value) -> {
                    try {
                        if (principals.test(Records.session(value).principalId())) {
                            numbers.add(Keys.number(key));
                        }
                    } catch (DamagedRecordException e) {
                        LOG.debug("not read: {}", e.getMessage()); // nor will it be restored
                    }
                    return true;
                });
        for (long number : numbers) {
            OF_SESSIONS.forEach(family -> below(family, Keys.of(number)));
        }
    }

    private void retained(String topic) {
        batch.delete(Family.RETAINED, topic.getBytes(UTF_8));
        below(Family.RETAINED, (topic + "/").getBytes(UTF_8));
    }

    private void below(Family family, byte[] prefix) {
        store.scan(
                family,
                prefix,
                (key, _) -> {
                    batch.delete(family, key);
                    return true;
                });
    }
}
