package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.journal.SessionLog;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.session.Session;
import org.jspecify.annotations.Nullable;

/// The end of the sessions of one event loop: nothing of a session is left, except that its will is
/// published and messages of shared subscriptions go to the other members.
final class Ending {

    private final Shard shard;
    private final Router router;
    private final Wills wills;

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
        Runnable handedOver =
                () -> {
                    shard.accounts().close(session.footprint().account());
                    handover.complete();
                };
        new Inheritance(shard, session, handedOver).begin(); // [MQTT-4.8.2-5]
        handover.complete();
        shard.needsEndOfTurn();
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
