package eu.sermas.bus.simulation;

import eu.sermas.bus.broker.DurabilityPolicy;
import eu.sermas.bus.journal.Page;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.session.QueueLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What one kind of world is like: what is in it, and how often what happens there. A chance of `n`
/// is one in `n` steps, and 0 is never; shares are in percent.
final class Traits {

    /// A shared subscription. The QoS is the same for all its members.
    record Shared(String filter, QoS qos) {}

    // What is there.
    int clients = 6;
    int leastLoops = 1;
    int mostLoops = 4;
    List<Topic> topics = topics("a", "a/b", "a/c", "b/c/d");
    List<String> filters = List.of("a", "a/b", "a/+", "a/#", "#", "+/c/#", "b/c/d");
    List<Shared> groups = List.of();
    QueueLimits queue = new QueueLimits(40, 30_000, 5_000, false, false, new Page.Size(3, 2_000));

    /// Bytes of all messages that wait or are in flight.
    long held = 1 << 20;

    int receiveMaximum = 3;
    DurabilityPolicy durability = DurabilityPolicy.DEFAULT;

    /// Whether sessions outlive the process.
    boolean isKept = true;

    /// Topics that have a retained message from the beginning.
    int bulk;

    // What happens to the broker.
    int killChance;

    /// The same for each task at the moments that matter most, see [World#isTempting].
    int killAtWorstChance;

    /// What has to have been sent for such a moment.
    Class<? extends Packet> worst = Packet.class;

    boolean powerFails;
    int diskChance;
    int recoveryChance = 10;
    int clockChance;

    // What clients do; the rest of the steps belongs to loops, disk and inboxes.
    int publishShare = 22;
    int subscribeShare = 8;
    int leaveShare = 5;

    // What they are like.
    int awayShare;
    int mostAtOnce = 1;
    int endsWithConnectionShare = 25;
    int cleanStartShare = 10;
    int retainShare = 12;
    int expireShare = 25;
    int largeShare;
    int willShare;
    int withholdShare;
    List<QoS> levels = List.of(QoS.AT_MOST_ONCE, QoS.AT_LEAST_ONCE, QoS.EXACTLY_ONCE);

    // What is decided elsewhere.
    int remoteShare;
    int rightsChance;

    // What is checked besides what always is.
    boolean owesRetained;

    /// How many messages may be remembered in memory that neither wait nor are in flight, for each
    /// session; 0 for any number.
    int mostRemembered;

    /// How many messages a new process may hold for each session; 0 for any number.
    int mostAfterStart;

    static List<Topic> topics(String... names) {
        return Stream.of(names).map(Topic::of).toList();
    }

    /// All filters that clients ask for.
    List<String> allFilters() {
        List<String> all = new ArrayList<>(filters);
        groups.forEach(group -> all.add(group.filter()));
        return all;
    }

    /// The subscription identifier by which messages of a shared subscription are known, or 0.
    int identifierOf(String filter) {
        for (int i = 0; i < groups.size(); i++) {
            if (groups.get(i).filter().equals(filter)) {
                return i + 1;
            }
        }
        return 0;
    }

    @Nullable String groupOf(int identifier) {
        return identifier > groups.size() ? null : groups.get(identifier - 1).filter();
    }
}
