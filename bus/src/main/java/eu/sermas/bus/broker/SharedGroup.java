package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.routing.Group;
import eu.sermas.bus.routing.Receiver;
import eu.sermas.bus.session.Session;
import org.jspecify.annotations.Nullable;

/// One shared subscription, as one event loop sees it: chooses the member that gets the next
/// message, MQTT 5 section 4.8.2.
///
/// A member with room comes before one that is full; among these, one that is connected and keeps
/// up comes first, then one that is connected, and where there is none the message waits with one
/// of the others. What is known of a member on another loop are hints that may be stale by a
/// moment. One that has ended or turns out to be full says so when the message is there, and then
/// another one is chosen.
final class SharedGroup {

    // What speaks against a member; the least is chosen.
    private static final int STALLED = 1;
    private static final int AWAY = 2;
    private static final int FULL = 4;
    private static final int ENDED = 8;

    private final String name;
    private final Target[] members;
    private final Target[][] alone;
    private final SharedStrategy strategy;
    private int turn;

    SharedGroup(Group<Session> group, SharedStrategy strategy) {
        this.strategy = strategy;
        this.name = group.filter().text();
        this.members = new Target[group.members().size()];
        this.alone = new Target[members.length][];
        for (int i = 0; i < members.length; i++) {
            Receiver<Session> member = group.members().get(i);
            members[i] = Target.of(member, name);
            alone[i] = new Target[] {members[i]};
        }
    }

    /// The filter with the share name, as `$share/{name}/{filter}`.
    String name() {
        return name;
    }

    /// @param publisher null for the platform itself
    /// @return the one member, not to be changed, or null where all have ended
    Target @Nullable [] choose(Message message, @Nullable Session publisher) {
        return choose(message, publisher, null, ENDED);
    }

    /// Chooses another member than one that was full, if one has room.
    ///
    /// @return null where none has
    Target @Nullable [] chooseWithRoom(
            Message message, @Nullable Session publisher, Session other) {
        return choose(message, publisher, other, FULL);
    }

    /// @param other who is not to be chosen, or null
    /// @param unfit from where on a member is not to be chosen either
    private Target @Nullable [] choose(
            Message message, @Nullable Session publisher, @Nullable Session other, int unfit) {
        int first =
                switch (strategy) {
                    case ROUND_ROBIN -> turn++;
                    case LEAST_IN_FLIGHT -> leastLoaded();
                    case STICKY -> publisher == null ? 0 : publisher.key().hashCode();
                };
        int best = -1;
        int least = unfit;
        for (int i = 0; i < members.length; i++) {
            int at = Math.floorMod(first + i, members.length);
            Session candidate = members[at].session();
            int against = candidate == other ? unfit : against(candidate, message, other != null);
            if (against == 0) {
                return alone[at];
            }
            if (against < least) {
                least = against;
                best = at;
            }
        }
        return best < 0 ? null : alone[best];
    }

    /// @param withRoom whether another one has just said that it has none: then it may be that
    ///   nobody has
    private static int against(Session candidate, Message message, boolean withRoom) {
        if (candidate.isEnded()) {
            return ENDED;
        }
        int presence = !candidate.isOnline() ? AWAY : candidate.isStalled() ? STALLED : 0;
        if (presence == 0 && !withRoom) {
            return 0; // it keeps up, and what is sent at once needs no room to wait
        }
        return candidate.hasRoomFor(message) ? presence : presence + FULL;
    }

    private int leastLoaded() {
        int best = Math.floorMod(turn++, members.length);
        int bestLoad = Integer.MAX_VALUE;
        for (int i = 0; i < members.length; i++) {
            int at = Math.floorMod(turn + i, members.length);
            Session session = members[at].session();
            if (session.isOnline() && session.load() < bestLoad) {
                best = at;
                bestLoad = session.load();
            }
        }
        return best;
    }
}
