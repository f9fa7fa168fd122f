package eu.sermas.bus.session;

import eu.sermas.bus.packet.Topic;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/// The messages of QoS 0 that the connection of one session has been too slow for, until somebody
/// is told. There may be a great many of these, so each costs no more than counting it.
final class Missed {

    private final SessionKey owner;
    private final Tally tally;
    private int count;
    private @Nullable Topic first;

    Missed(SessionKey owner, Tally tally) {
        this.owner = owner;
        this.tally = tally;
    }

    void add(Topic topic) {
        if (count++ == 0) {
            first = topic;
            tally.missing(this);
        }
    }

    /// Tells of them, and starts again at zero.
    void report(ObjIntConsumer<Tally.Drop> listener) {
        if (first != null) {
            String app = Tally.appOf(first);
            listener.accept(new Tally.Drop(owner, app, Tally.Cause.SLOW_CONNECTION), count);
        }
        first = null;
        count = 0;
    }
}
