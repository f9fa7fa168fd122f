package eu.sermas.bus.simulation;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.broker.Broker;
import eu.sermas.bus.broker.Features;
import eu.sermas.bus.broker.Inside;
import eu.sermas.bus.broker.Limits;
import eu.sermas.bus.broker.MemoryLimits;
import eu.sermas.bus.broker.RightsWhileAway;
import eu.sermas.bus.broker.TokenCheck;
import eu.sermas.bus.journal.Saved;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.session.Session;
import eu.sermas.bus.time.BusClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A broker with everything around it: loops, disk and clocks, those who decide about rights, and
/// its clients. It dies and comes back here.
final class World {

    /// More than the broker allows would be a fault of the client.
    static final int MOST_UNACKNOWLEDGED = 60;

    /// How many tasks a good moment to die lasts.
    private static final int TEMPTATION = 6;

    private static final long MEMORY = 1 << 20;

    /// How long a process may have lived after its last note that it does, in milliseconds.
    private static final long ALIVE_MILLIS = 1_000;

    final Traits traits;
    final Random random;
    final SimulatedLoops loops;
    final SimulatedStore store;
    final Ledger ledger;
    final SimulatedRights.Questions questions;
    final List<SimulatedClient> clients = new ArrayList<>();

    private Metrics metrics = new Metrics();
    private Broker broker;
    private int tempting;

    /// @param run how to repeat this run, for the message of a failure
    World(Traits traits, long seed, String run) {
        this.traits = traits;
        random = new Random(seed);
        loops = new SimulatedLoops(anyLoops(), seed);
        if (random.nextBoolean()) {
            loops.race();
        }
        store = new SimulatedStore(random);
        loops.disk(store::step);
        ledger = new Ledger(run, traits);
        questions = new SimulatedRights.Questions(random);
        broker = start();
    }

    private int anyLoops() {
        return traits.leastLoops + random.nextInt(traits.mostLoops - traits.leastLoops + 1);
    }

    Broker broker() {
        return broker;
    }

    long gauge(String name) {
        return Gauges.read(metrics, name);
    }

    boolean oneIn(int chance) {
        return chance > 0 && random.nextInt(chance) == 0;
    }

    boolean percent(int share) {
        return random.nextInt(100) < share;
    }

    <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /// A packet has come or left on which somebody may rely: for a few tasks it may be a good
    /// moment to die.
    void somethingHangs(Packet packet) {
        if (traits.worst.isInstance(packet)
                && (traits.diskChance == 0 || store.hasJustRecovered())) {
            tempting = TEMPTATION;
        }
    }

    /// One task of a loop, or one step of the disk.
    ///
    /// @return false where there is nothing to do
    boolean work() {
        tempting = Math.max(0, tempting - 1);
        return loops.step();
    }

    /// Whether this is a good moment to die.
    boolean isTempting() {
        return tempting > 0;
    }

    // --- processes

    private Broker start() {
        metrics = new Metrics();
        Broker made =
                new Broker(
                        limits(),
                        Features.DEFAULT,
                        TokenCheck.NONE,
                        loops.loops(),
                        BusClock.of(
                                loops::wall,
                                loops::now,
                                traits.isKept ? Saved.lastAlive(store) : null),
                        metrics,
                        traits.durability);
        if (traits.isKept) {
            CompletableFuture<Void> started =
                    made.keepIn(store, this::rightsWhileAway).toCompletableFuture();
            loops.settle();
            started.join();
        }
        return made;
    }

    private Limits limits() {
        return new Limits(
                1024,
                MOST_UNACKNOWLEDGED + 40,
                100,
                10,
                100,
                100,
                traits.queue,
                new MemoryLimits(traits.held, MEMORY, MEMORY, MEMORY, 1),
                3600,
                3600);
    }

    private @Nullable RightsWhileAway rightsWhileAway(String principalId) {
        AccessRights rights =
                clients.stream()
                        .filter(client -> client.id.equals(principalId))
                        .map(SimulatedClient::rights)
                        .findFirst()
                        .orElse(null);
        return rights == null ? null : RightsWhileAway.known(rights);
    }

    /// The process ends without a word and another one goes on.
    void kill() {
        ledger.note("the process is killed");
        clients.forEach(this::readLast);
        forgetRefusals();
        loops.crash(anyLoops());
        store.crash(traits.powerFails);
        questions.forget();
        ledger.brokerDied(topic -> !isSafe(topic));
        BusClock.Moment last = Saved.lastAlive(store);
        long takenAsGone = (last == null ? loops.now() : last.time()) + ALIVE_MILLIS;
        clients.forEach(client -> client.brokerDied(takenAsGone, traits.powerFails));
        if (random.nextInt(4) == 0) {
            loops.advance(random.nextInt(12_000));
        }
        ledger.review(loops.now());
        ledger.note("another process with %d loops", loops.count());
        broker = start();
        clients.forEach(SimulatedClient::brokerIsBack);
    }

    /// What the process has refused and not said so, as other answers come first: the next one
    /// takes it for new.
    private void forgetRefusals() {
        for (Session session : new Reachable(broker).all(Session.class)) {
            for (SimulatedClient client : clients) {
                if (client.id.equals(session.key().clientId())) {
                    client.refused(id -> Inside.isBeingRefused(broker, session, id));
                }
            }
        }
    }

    private boolean isSafe(Topic topic) {
        return traits.isKept
                && traits.durability.rules().stream()
                        .filter(rule -> rule.filter().matches(topic))
                        .findFirst()
                        .map(rule -> rule.durability() == Durability.FSYNC)
                        .orElse(true);
    }

    /// Some of what the process had written reaches the client all the same.
    private void readLast(SimulatedClient client) {
        Wire wire = client.wire();
        int mail = wire == null ? 0 : wire.inbox.size();
        int read = random.nextBoolean() ? mail : random.nextInt(mail + 1);
        for (int i = 0; i < read; i++) {
            client.read();
        }
    }
}
