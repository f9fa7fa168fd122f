package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.routing.Group;
import eu.sermas.bus.routing.Matches;
import eu.sermas.bus.routing.Receiver;
import eu.sermas.bus.session.Account;
import eu.sermas.bus.session.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where the messages of one topic go, sorted by the event loop that owns the receiving sessions.
/// Kept by one loop and right as long as the version of the topic is the same.
final class Route {

    private static final Target[] NOBODY = {};

    /// What a route takes of the heap, and each of its targets.
    private static final int ROUTE = 256;

    private static final int TARGET = 96;

    private final long version;
    private final Target[][] targetsByLoop;
    private final SharedGroup[] groups;
    private final Durability durability;
    private final Account[] accounts;
    private final long cost;

    /// Whether it was asked for again since the cache looked at it last.
    boolean isInUse;

    private Route(
            long version,
            Target[][] targetsByLoop,
            SharedGroup[] groups,
            Durability durability,
            Account[] accounts,
            long cost) {
        this.durability = durability;
        this.accounts = accounts;
        this.cost = cost;
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
        Accounted accounted = Accounted.of(matches);
        return new Route(
                version,
                targets,
                groups,
                durability,
                accounted.accounts(),
                ROUTE + accounted.bytes());
    }

    /// Who gets the messages, as seen by those who keep accounts.
    ///
    /// @param bytes that its targets take
    private record Accounted(Account[] accounts, long bytes) {

        static Accounted of(Matches<Session> matches) {
            List<Receiver<Session>> all = new ArrayList<>(matches.receivers());
            matches.groups().forEach(group -> all.addAll(group.members()));
            Map<String, Account> byOwner = new HashMap<>(2);
            long bytes = 0;
            for (Receiver<Session> receiver : all) {
                bytes += TARGET + Integer.BYTES * receiver.granted().subscriptionIds().length;
                Account account = receiver.subscriber().footprint().account();
                byOwner.putIfAbsent(account.owner(), account);
            }
            return new Accounted(byOwner.values().toArray(Account[]::new), bytes);
        }
    }

    /// Whether one of the apps whose sessions get the messages has little room left for them.
    boolean isTight() {
        for (Account account : accounts) {
            if (account.isTight()) {
                return true;
            }
        }
        return false;
    }

    /// What it takes of the heap besides its topic, in bytes.
    long cost() {
        return cost;
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

    /// The shared subscription of this name, as `$share/{name}/{filter}`, or null.
    @Nullable SharedGroup group(@Nullable String name) {
        for (SharedGroup group : groups) {
            if (group.name().equals(name)) {
                return group;
            }
        }
        return null;
    }

    /// The shared subscriptions, of which one member each gets the message; not to be changed.
    SharedGroup[] groups() {
        return groups;
    }
}
