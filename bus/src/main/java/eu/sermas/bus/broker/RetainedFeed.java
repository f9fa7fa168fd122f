package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.routing.RetainedWalk;
import eu.sermas.bus.session.Feed;
import eu.sermas.bus.session.Held;
import eu.sermas.bus.session.Session;
import eu.sermas.bus.session.Terms;
import org.jspecify.annotations.Nullable;

/// The retained messages that a subscription brings, in any number: a walk over the tree of them,
/// which goes on as the client takes more.
///
/// What it gives is as new as the tree at that moment. What was put there when the subscription was
/// in force already is left out, as it comes to the session like any other message of its topic.
/// And it begins only when all that other loops had for this session before is here. So of one
/// topic nothing older comes behind what it gives, and what it gives comes behind nothing newer.
///
/// Owned by the loop of the session.
final class RetainedFeed implements Feed {

    /// Messages, or looks at the tree, in one turn of the loop; the others have theirs then.
    private static final int BURST = 64;

    /// Places of the tree at one look.
    private static final int PLACES = 16;

    private static final long RETRY_MILLIS = 100;

    private final Shard shard;
    private final Session session;
    private final TopicFilter filter;
    private final RetainedWalk<Message> walk;
    private final long mark;
    private boolean begun;

    /// Whether the walk stands at a message that was not sent.
    private boolean placed;

    private @Nullable Portion shown;

    // Since it has last waited for its turn.
    private int used;
    private boolean waits;

    /// To be made when the subscription is in force.
    RetainedFeed(Shard shard, RetainedMessages retained, Session session, TopicFilter filter) {
        this.shard = shard;
        this.session = session;
        this.filter = filter;
        this.mark = retained.mark();
        this.walk = retained.walk(filter);
        this.placed = walk.next(BURST * PLACES);
    }

    /// To be called once, when the client knows of its subscription and all that other loops had
    /// for the session before is here.
    void begin() {
        begun = true;
        session.feedBegins(shard.now());
        shard.needsEndOfTurn();
    }

    @Override
    public TopicFilter filter() {
        return filter;
    }

    @Override
    public @Nullable Portion next(long now) {
        if (!begun || waits) {
            return null;
        }
        while (!isOver()) {
            if (used >= BURST) {
                waits = true;
                shard.loop().execute(this::goOn);
                return null;
            }
            Portion portion = placed ? here(now) : null;
            if (portion != null) {
                return portion;
            }
            used++;
            placed = walk.next(PLACES);
        }
        return null;
    }

    /// What is to be given of this place.
    private @Nullable Portion here(long now) {
        Message message = walk.message();
        Held held = session.subscriptions().get(filter);
        if (message == null || held == null || walk.isFrom(mark) || message.isExpired(now)) {
            return null;
        }
        Portion last = shown;
        Terms terms = last == null ? null : last.terms();
        if (last == null || terms == null || !isOf(held, terms)) {
            int[] ids = held.identifier() == 0 ? Terms.NO_IDS : new int[] {held.identifier()};
            // The RETAIN flag is set on these whatever Retain As Published says, section 3.3.1.3.
            terms = new Terms(held.subscription().qos(), true, ids, null);
        } else if (isSame(last.message(), message)) {
            return last;
        }
        Topic topic = message.topic();
        shown = new Portion(message, terms, shard.routes().durabilityOf(topic));
        return shown;
    }

    private static boolean isOf(Held held, Terms terms) {
        int id = terms.subscriptionIds().length == 0 ? 0 : terms.subscriptionIds()[0];
        return held.identifier() == id && held.subscription().qos() == terms.maximumQos();
    }

    @SuppressWarnings("ReferenceEquality") // an equal one is another one
    private static boolean isSame(Message one, Message other) {
        return one == other;
    }

    @Override
    public void taken() {
        used++;
        placed = false;
    }

    @Override
    public void later() {
        if (!waits) {
            waits = true;
            shard.loop().schedule(this::goOn, RETRY_MILLIS);
        }
    }

    private void goOn() {
        waits = false;
        used = 0;
        session.writable(shard.now());
        shard.needsEndOfTurn();
    }

    @Override
    public boolean isOver() {
        return !placed && walk.isOver();
    }
}
