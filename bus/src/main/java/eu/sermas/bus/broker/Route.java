package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.routing.Group;
import eu.sermas.bus.routing.Matches;
import eu.sermas.bus.routing.Receiver;
import eu.sermas.bus.session.Session;
import java.util.ArrayList;
import java.util.List;

/// Where the messages of one topic go, sorted by the event loop that owns the receiving sessions.
/// Kept by one loop and right as long as the version of the topic is the same.
final class Route {

    private static final Target[] NOBODY = {};

    private final long version;
    private final Target[][] targetsByLoop;
    private final SharedGroup[] groups;
    private final Durability durability;

    private Route(
            long version, Target[][] targetsByLoop, SharedGroup[] groups, Durability durability) {
        this.durability = durability;
        this.version = version;
        this.targetsByLoop = targetsByLoop;
        this.groups = groups;
    }

    static Route of(
            long version,
            Matches<Session> matches,
            int loops,
            SharedStrategy strategy,
            Durability durability) {
        List<List<Target>> byLoop = new ArrayList<>(loops);
        for (int i = 0; i < loops; i++) {
            byLoop.add(new ArrayList<>());
        }
        for (Receiver<Session> receiver : matches.receivers()) {
            byLoop.get(receiver.subscriber().loop()).add(Target.of(receiver, null));
        }
        Target[][] targets = new Target[loops][];
        for (int i = 0; i < loops; i++) {
            targets[i] = byLoop.get(i).isEmpty() ? NOBODY : byLoop.get(i).toArray(Target[]::new);
        }
        List<Group<Session>> matched = matches.groups();
        SharedGroup[] groups = new SharedGroup[matched.size()];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = new SharedGroup(matched.get(i), strategy);
        }
        return new Route(version, targets, groups, durability);
    }

    long version() {
        return version;
    }

    /// What an acknowledgement promises on this topic.
    Durability durability() {
        return durability;
    }

    /// The ordinary receivers that this loop owns; not to be changed.
    Target[] targets(int loop) {
        return targetsByLoop[loop];
    }

    /// The shared subscriptions, of which one member each gets the message; not to be changed.
    SharedGroup[] groups() {
        return groups;
    }
}
