package eu.sermas.bus.broker;

import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.routing.Group;
import eu.sermas.bus.routing.Receiver;
import eu.sermas.bus.session.Session;
import org.jspecify.annotations.Nullable;

/// One shared subscription, as one event loop sees it: chooses the member that gets the next
/// message, MQTT 5 section 4.8.2.
///
/// A member that is connected and keeps up comes first, then one that is connected, and where there
/// is none the message waits with one of the others. Whether a member on another loop is connected
/// is a hint that may be stale by a moment: the message is then in that member's session, which
/// hands it on when it ends.
final class SharedGroup {

    private final TopicFilter filter;
    private final Target[] members;
    private final Target[][] alone;
    private final SharedStrategy strategy;
    private int turn;

    SharedGroup(Group<Session> group, SharedStrategy strategy) {
        this.strategy = strategy;
        this.filter = group.filter();
        this.members = new Target[group.members().size()];
        this.alone = new Target[members.length][];
        for (int i = 0; i < members.length; i++) {
            Receiver<Session> member = group.members().get(i);
            members[i] = Target.of(member, filter.text());
            alone[i] = new Target[] {members[i]};
        }
    }

    /// With the share name.
    TopicFilter filter() {
        return filter;
    }

    /// @param publisher null for the platform itself
    /// @return the one member, not to be changed
    Target[] choose(@Nullable Session publisher) {
        int first =
                switch (strategy) {
                    case ROUND_ROBIN -> turn++;
                    case LEAST_IN_FLIGHT -> leastLoaded();
                    case STICKY -> publisher == null ? 0 : publisher.key().hashCode();
                };
        int connected = -1;
        for (int i = 0; i < members.length; i++) {
            int at = Math.floorMod(first + i, members.length);
            Session candidate = members[at].session();
            if (candidate.isOnline()) {
                if (!candidate.isStalled()) {
                    return alone[at];
                }
                connected = connected < 0 ? at : connected;
            }
        }
        return alone[connected < 0 ? Math.floorMod(first, members.length) : connected];
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
