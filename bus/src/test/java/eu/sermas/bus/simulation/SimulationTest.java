package eu.sermas.bus.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.broker.Broker;
import eu.sermas.bus.broker.DurabilityPolicy;
import eu.sermas.bus.broker.Features;
import eu.sermas.bus.broker.Limits;
import eu.sermas.bus.broker.MemoryLimits;
import eu.sermas.bus.broker.RightsWhileAway;
import eu.sermas.bus.broker.TokenCheck;
import eu.sermas.bus.journal.Saved;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.session.QueueLimits;
import eu.sermas.bus.time.BusClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// Random sequences of what clients do, of lost connections, takeovers, slow readers and jumps of
/// the clock, against the whole broker on simulated loops, checked by the [Ledger].
///
/// - `-Dsimulation.steps=N`: how many steps in all, 120,000 by default
/// - `-Dsimulation.seed=N`: repeats the round with this seed alone, as a failure prints it
class SimulationTest {

    private static final int STEPS = Integer.getInteger("simulation.steps", 120_000);
    private static final int STEPS_PER_ROUND = 400;
    private static final int CLIENTS = 6;
    private static final List<Topic> TOPICS =
            List.of(Topic.of("a"), Topic.of("a/b"), Topic.of("a/c"), Topic.of("b/c/d"));
    private static final List<String> FILTERS =
            List.of("a", "a/b", "a/+", "a/#", "#", "+/c/#", "b/c/d");
    private static final Limits LIMITS =
            new Limits(
                    1024,
                    100,
                    100,
                    10,
                    100,
                    100,
                    new QueueLimits(40, 30_000, 5_000, false, false),
                    new MemoryLimits(1 << 20, 1 << 20, 1 << 20, 1 << 20, 1),
                    3600,
                    3600);

    @Test
    void everySessionGetsWhatItWasPromised() {
        play(World.IN_MEMORY);
    }

    @Test
    void everySessionGetsWhatItWasPromisedThoughTheBrokerIsKilled() {
        play(World.KILLED);
    }

    @Test
    void everySessionGetsWhatItWasPromisedThoughThePowerFails() {
        play(World.POWER_CUT);
    }

    @Test
    void everySessionGetsWhatItWasPromisedThoughTheDiskFails() {
        play(World.FAILING_DISK);
    }

    private static void play(World world) {
        Long only = Long.getLong("simulation.seed");
        if (only != null) {
            new Round(world, only).play();
            return;
        }
        long first = System.nanoTime();
        int checked = 0;
        for (int round = 0; round < STEPS / STEPS_PER_ROUND; round++) {
            checked += new Round(world, first + round).play();
        }
        assertThat(checked).as("promises that were checked").isGreaterThan(STEPS / 1000);
    }

    /// What may happen to the broker itself.
    private enum World {
        IN_MEMORY,
        KILLED,
        POWER_CUT,
        FAILING_DISK
    }

    /// One world from its beginning to its rest.
    private static final class Round {
        private final World world;
        private final Random random;
        private final SimulatedLoops loops;
        private final SimulatedStore store;
        private final Ledger ledger;
        private final List<SimulatedClient> clients = new ArrayList<>();

        Round(World world, long seed) {
            this.world = world;
            random = new Random(seed);
            loops = new SimulatedLoops(1 + random.nextInt(4), seed);
            store = new SimulatedStore(random);
            loops.disk(store::step);
            ledger = new Ledger(world + ", repeat with -Dsimulation.seed=" + seed);
            Broker broker = startBroker();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new SimulatedClient("c" + i, broker, loops, ledger, login()));
            }
        }

        private Broker startBroker() {
            Broker broker =
                    new Broker(
                            LIMITS,
                            Features.DEFAULT,
                            TokenCheck.NONE,
                            loops.loops(),
                            BusClock.of(loops::wall, loops::now, Saved.lastAlive(store)),
                            new Metrics(),
                            DurabilityPolicy.DEFAULT);
            if (world != World.IN_MEMORY) {
                CompletableFuture<Void> started =
                        broker.keepIn(store, _ -> RightsWhileAway.known(AccessRights.open()))
                                .toCompletableFuture();
                loops.settle();
                started.join();
            }
            return broker;
        }

        /// The process ends without a word and another one goes on.
        private void crash() {
            loops.crash();
            store.crash(world == World.POWER_CUT);
            ledger.brokerDied();
            long slack = world == World.POWER_CUT ? Long.MAX_VALUE : 2_000;
            clients.forEach(client -> client.brokerDied(slack, 2_500));
            if (random.nextInt(4) == 0) {
                loops.advance(random.nextInt(12_000));
            }
            Broker next = startBroker();
            clients.forEach(client -> client.brokerIsBack(next));
        }

        private void failDisk() {
            store.fail(store.failure() == null);
        }

        private void trouble() {
            switch (world) {
                case IN_MEMORY -> {}
                case KILLED, POWER_CUT -> crash();
                case FAILING_DISK -> failDisk();
            }
        }

        private static Login login() {
            Principal principal =
                    new Principal(
                            Principal.Kind.ANONYMOUS, "p", Set.of(), null, null, "p", Set.of());
            return new Login(principal, AccessRights.open(), Long.MAX_VALUE, "");
        }

        /// @return how many promises were found kept
        int play() {
            for (int i = 0; i < STEPS_PER_ROUND; i++) {
                step(clients.get(random.nextInt(CLIENTS)));
            }
            comeToRest();
            ledger.settle(loops.now());
            return ledger.checked();
        }

        private void step(SimulatedClient client) {
            if (random.nextInt(150) == 0) {
                trouble();
            }
            int roll = random.nextInt(100);
            if (roll < 30) {
                loops.step();
            } else if (roll < 60) {
                client.read();
            } else if (roll < 62) {
                loops.advance(random.nextInt(4) == 0 ? 20_000 : 700);
            } else if (!client.isConnected()) {
                connectOrWait(client);
            } else if (roll < 84) {
                publish(client);
            } else if (roll < 90) {
                client.subscribe(pick(FILTERS), QoS.of(random.nextInt(3)));
            } else if (roll < 92) {
                client.unsubscribe(pick(FILTERS));
            } else if (roll < 95) {
                client.writable(random.nextBoolean());
            } else {
                leave(client);
            }
        }

        private void connectOrWait(SimulatedClient client) {
            if (!client.hasWire()) {
                connect(client);
            }
        }

        private void connect(SimulatedClient client) {
            client.connect(random.nextInt(10) == 0, random.nextInt(4) == 0 ? 0 : 10);
        }

        private void publish(SimulatedClient client) {
            client.publish(
                    pick(TOPICS),
                    QoS.of(random.nextInt(3)),
                    random.nextInt(8) == 0,
                    random.nextInt(4) == 0 ? 2 : 0);
        }

        private void leave(SimulatedClient client) {
            switch (random.nextInt(3)) {
                case 0 -> client.drop();
                case 1 -> client.disconnect();
                default -> {
                    // A takeover: the broker learns of the new connection before the old one's end.
                    client.abandon();
                    connect(client);
                }
            }
        }

        private <T> T pick(List<T> choices) {
            return choices.get(random.nextInt(choices.size()));
        }

        /// Everybody comes back, reads, and acknowledges until nothing moves any more.
        private void comeToRest() {
            store.fail(false);
            loops.advance(1_000);
            boolean moving = true;
            while (moving) {
                moving = loops.step();
                for (SimulatedClient client : clients) {
                    if (!client.hasWire()) {
                        client.connect(false, 10);
                        moving = true;
                    }
                    client.becomeWritable();
                    moving |= client.hasMail();
                    client.read();
                }
                if (!moving) {
                    loops.advance(20); // what waits for the disk, or for the disk to be spared
                    moving = clients.stream().anyMatch(SimulatedClient::hasMail);
                }
            }
        }
    }
}
