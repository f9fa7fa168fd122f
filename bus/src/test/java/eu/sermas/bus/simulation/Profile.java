package eu.sermas.bus.simulation;

import eu.sermas.bus.broker.DurabilityPolicy;
import eu.sermas.bus.journal.Page;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.session.QueueLimits;
import java.util.List;
import java.util.function.Consumer;

/// The kinds of worlds. The first few have a little of everything; the others have much of what one
/// kind of fault needs, so that it is found within a few rounds.
///
/// How often that is was measured by `-Dsimulation.survey=true` on code that had the faults, in
/// rounds that failed of 200: SHARED 31, INHERITED 3, REFUSED 41, REMOTE 103, MIXED_DURABILITY 43,
/// RETAINED 14, TINY_WINDOW 129, WITHHELD 93, LONG_QUEUES 26. A build plays about 29 of each.
enum Profile {
    IN_MEMORY(traits -> traits.isKept = false),
    KILLED(Profile::killed),
    POWER_CUT(
            traits -> {
                killed(traits);
                traits.powerFails = true;
            }),
    FAILING_DISK(traits -> traits.diskChance = 150),

    /// Members of a shared subscription come and go while messages are on their way to them.
    SHARED(
            traits -> {
                traits.isKept = false;
                traits.leastLoops = 2;
                sharing(traits, new Traits.Shared("$share/g/s/#", QoS.AT_LEAST_ONCE));
                traits.levels = List.of(QoS.AT_LEAST_ONCE);
                traits.leaveShare = 12;
                traits.endsWithConnectionShare = 60;
            }),

    /// What a member leaves goes to others, and the process dies meanwhile.
    INHERITED(
            traits -> {
                sharing(traits, new Traits.Shared("$share/g/s/#", QoS.EXACTLY_ONCE));
                traits.mostLoops = 1;
                traits.clients = 4;
                traits.receiveMaximum = 1;
                traits.levels = List.of(QoS.EXACTLY_ONCE);
                traits.killAtWorstChance = 12;
                traits.worst = Connect.class;
                traits.leaveShare = 4;
                traits.cleanStartShare = 60;
                traits.endsWithConnectionShare = 0;
            }),

    /// Queues are full, and the process dies after it has said so.
    REFUSED(
            traits -> {
                refusing(traits);
                traits.queue = new QueueLimits(3, 30_000, 5_000, false, false, page());
                traits.retainShare = 0;
                traits.killAtWorstChance = 60;
                traits.worst = PubRec.class;
            }),

    /// Writes fail, the disk recovers, and the process dies.
    FAILING_DISK_KILLED(
            traits -> {
                refusing(traits);
                traits.diskChance = 12;
                traits.recoveryChance = 4;
                traits.killAtWorstChance = 12;
                traits.worst = PubRel.class;
            }),

    /// Verdicts come late, after their client has gone or has come again.
    REMOTE(
            traits -> {
                traits.isKept = false;
                traits.remoteShare = 60;
                traits.expireShare = 0;
                traits.leaveShare = 10;
                traits.endsWithConnectionShare = 0;
            }),

    /// Messages that are kept and such that are not share the identifiers of one session.
    MIXED_DURABILITY(
            traits -> {
                mixed(traits);
                traits.levels = List.of(QoS.EXACTLY_ONCE);
                traits.killChance = 120;
                stays(traits);
            }),

    /// The same while writes fail, the disk recovers, and the process dies.
    MIXED_FAILING(
            traits -> {
                mixed(traits);
                refusing(traits);
                traits.diskChance = 12;
                traits.recoveryChance = 4;
                traits.killAtWorstChance = 12;
                traits.worst = PubRel.class;
            }),

    /// Many retained messages for who subscribes, and the process dies after SUBACK.
    RETAINED(
            traits -> {
                traits.clients = 3;
                traits.bulk = 30;
                traits.topics = Traits.topics("a", "a/b");
                traits.filters = List.of("a/#", "r/#", "#");
                traits.queue = new QueueLimits(1000, 300_000, 5_000, false, false, page());
                traits.owesRetained = true;
                traits.retainShare = 0;
                traits.publishShare = 12;
                traits.subscribeShare = 4;
                traits.leaveShare = 1;
                traits.killAtWorstChance = 8;
                traits.worst = SubAck.class;
                stays(traits);
            }),

    /// One message at a time, and some that never arrive.
    TINY_WINDOW(
            traits -> {
                traits.receiveMaximum = 1;
                traits.largeShare = 30;
                traits.levels = List.of(QoS.AT_LEAST_ONCE, QoS.EXACTLY_ONCE);
                traits.leaveShare = 2;
                stays(traits);
            }),

    /// Clients who take their time with one message while the next ones come and go.
    WITHHELD(
            traits -> {
                traits.withholdShare = 60;
                traits.mostRemembered = 2;
                traits.receiveMaximum = 8;
                traits.leaveShare = 1;
                traits.expireShare = 0;
                stays(traits);
            }),

    /// Much waits for those who are away.
    LONG_QUEUES(
            traits -> {
                traits.queue = new QueueLimits(1000, 300_000, 5_000, false, false, page());
                traits.levels = List.of(QoS.AT_LEAST_ONCE, QoS.EXACTLY_ONCE);
                traits.awayShare = 80;
                traits.mostAtOnce = 6;
                traits.killChance = 200;
                traits.mostAfterStart = 8;
                traits.expireShare = 0;
                stays(traits);
            }),

    /// Rights are taken away and given back.
    RIGHTS(
            traits -> {
                killed(traits);
                traits.rightsChance = 20;
            }),

    WILLS(
            traits -> {
                killed(traits);
                traits.willShare = 60;
                traits.leaveShare = 10;
            }),

    /// Somebody sets the clock.
    CLOCK(
            traits -> {
                traits.clockChance = 60;
                traits.expireShare = 0;
            });

    private final Traits traits = new Traits();

    Profile(Consumer<Traits> kind) {
        kind.accept(traits);
    }

    private static void mixed(Traits traits) {
        traits.durability =
                new DurabilityPolicy(
                        List.of(
                                new DurabilityPolicy.Rule(TopicFilter.of("a/b"), Durability.NONE),
                                new DurabilityPolicy.Rule(TopicFilter.of("a/c"), Durability.ASYNC)),
                        _ -> null,
                        Durability.FSYNC,
                        5);
    }

    /// So small that most of a queue is on disk only.
    private static Page.Size page() {
        return new Page.Size(3, 2_000);
    }

    private static void killed(Traits traits) {
        traits.killChance = 200;
        traits.killAtWorstChance = 300;
    }

    /// Sessions go on as long as they can.
    private static void stays(Traits traits) {
        traits.endsWithConnectionShare = 0;
        traits.cleanStartShare = 2;
    }

    /// A few clients who get and send messages of QoS 2, one at a time, some of which are refused.
    private static void refusing(Traits traits) {
        traits.clients = 4;
        traits.filters = List.of("#", "a/#");
        traits.levels = List.of(QoS.EXACTLY_ONCE);
        traits.receiveMaximum = 1;
        traits.expireShare = 0;
        traits.subscribeShare = 3;
        stays(traits);
    }

    private static void sharing(Traits traits, Traits.Shared... groups) {
        traits.groups = List.of(groups);
        traits.filters = List.of();
        traits.topics = Traits.topics("s/a", "s/b");
        traits.queue = new QueueLimits(1000, 300_000, 5_000, false, false, page());
        traits.expireShare = 0;
        traits.retainShare = 0;
        traits.receiveMaximum = 2;
    }

    Traits traits() {
        return traits;
    }
}
