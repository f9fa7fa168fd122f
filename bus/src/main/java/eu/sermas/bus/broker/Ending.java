package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.journal.Journal;
import eu.sermas.bus.journal.SessionLog;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The end of the sessions of one event loop: nothing of a session is left, except that its will is
/// published and messages of shared subscriptions go to the other members.
final class Ending {

    private final Shard shard;
    private final Router router;
    private final Wills wills;

    /// Sessions whose messages are still going over to others, and who waits for them.
    private int leaving;

    private final List<CompletableFuture<Void>> waiting = new ArrayList<>(0);

    Ending(Shard shard, Router router, Wills wills) {
        this.shard = shard;
        this.router = router;
        this.wills = wills;
    }

    /// Ends a session that nobody can find any more.
    ///
    /// @param rights those by which its will is judged, or null where it has none
    /// @param forgotten runs when nothing of it is on disk any more
    void of(Session session, @Nullable AccessRights rights, Runnable forgotten) {
        for (TopicFilter filter : session.subscriptions().keySet()) {
            router.subscriptions().remove(session, filter);
        }
        session.end();
        Handover handover = new Handover(() -> forget(session.recordLog(), forgotten));
        if (rights != null) {
            handover.expect();
            wills.publish(session, rights, handover::complete);
        }
        handover.expect();
        leaving++;
        Runnable handedOver =
                () -> {
                    handedOver();
                    shard.accounts().close(session.footprint().account());
                    handover.complete();
                };
        new Inheritance(shard, session, handedOver).begin(); // [MQTT-4.8.2-5]
        handover.complete();
        shard.needsEndOfTurn();
    }

    private void handedOver() {
        leaving--;
        if (leaving == 0) {
            waiting.forEach(each -> each.complete(null));
            waiting.clear();
        }
    }

    /// Completes when all that sessions leave to others is there; at once while the disk fails, as
    /// nothing goes over then.
    CompletionStage<Void> allHandedOver() {
        Journal journal = shard.journal();
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (leaving == 0 || (journal != null && journal.failure() != null)) {
            done.complete(null);
        } else {
            waiting.add(done);
        }
        return done;
    }

    /// Others have what the session has left to them.
    private static void forget(@Nullable SessionLog log, Runnable forgotten) {
        if (log == null) {
            forgotten.run();
        } else {
            log.end();
            log.afterCommit(forgotten);
        }
    }
}
