package eu.sermas.bus.simulation;

import eu.sermas.bus.broker.Broker;
import eu.sermas.bus.broker.Inside;
import eu.sermas.bus.journal.Kept;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.session.Delivery;
import eu.sermas.bus.session.Session;
import eu.sermas.bus.store.Store.Family;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// One world from its beginning to its rest: draws what happens next, and looks whether everything
/// is as it should be, now and then while it goes on, and when everybody has come to rest, and when
/// everybody has gone.
///
/// The draw is not even. It prefers what concerns a session while something for its loop is still
/// on the way, and an end of the process just after an answer has left.
final class Round {

    static final int STEPS = 400;

    private static final int SMALL = 0;
    private static final int LARGE = 200;
    private static final long SESSION_SECONDS = 10;

    /// How often a client is drawn again whose loop has nothing to do.
    private static final int RACES = 3;

    private static final int LULL = 120;

    /// How many tasks loops and disk do at most in one step.
    private static final int TASKS = 8;

    private final World world;
    private final Traits traits;
    private final Random random;
    private int steps;

    /// @param run how to repeat this run, for the message of a failure
    Round(Traits traits, long seed, String run) {
        this.traits = traits;
        world = new World(traits, seed, run);
        random = world.random;
        for (int i = 0; i < traits.clients; i++) {
            world.clients.add(
                    new SimulatedClient(
                            "c" + i,
                            world,
                            1 + random.nextInt(traits.receiveMaximum),
                            world.percent(traits.largeShare) ? LARGE / 2 : Integer.MAX_VALUE,
                            random.nextBoolean(),
                            new SimulatedRights(
                                    Set.of(),
                                    world.percent(traits.remoteShare) ? world.questions : null)));
        }
    }

    /// How many steps it has taken.
    int steps() {
        return steps;
    }

    /// How many promises were found kept.
    int checked() {
        return world.ledger.checked();
    }

    void play() {
        fillWithRetained();
        while (steps < STEPS) {
            steps++;
            step();
        }
        comeToRest();
        nothingStandsStill();
        world.ledger.settle(world.loops.now());
        nothingIsRemembered(1);
        leave();
        nothingIsLeft();
    }

    // --- what happens

    private void step() {
        if (world.oneIn(LULL)) {
            lull();
        }
        if (world.oneIn(traits.killChance)) {
            kill();
        }
        if (world.store.isFailing()
                ? world.oneIn(traits.recoveryChance)
                : world.oneIn(traits.diskChance)) {
            troubleDisk();
        }
        if (world.oneIn(traits.clockChance)) {
            world.loops.setClock(random.nextInt(7_200_000) - 3_600_000);
        }
        if (world.oneIn(traits.rightsChance)) {
            changeRights();
        }
        int roll = random.nextInt(100);
        if (roll < 30) {
            int tasks = 1 + random.nextInt(TASKS);
            for (int i = 0; i < tasks && world.work(); i++) {
                if (world.isTempting() && world.oneIn(traits.killAtWorstChance)) {
                    kill();
                }
            }
        } else if (roll < 60) {
            SimulatedClient reader = world.pick(world.clients);
            for (int i = random.nextInt(TASKS); i >= 0; i--) {
                reader.read();
            }
        } else if (roll < 62) {
            letTimePass();
        } else if (roll < 66 && !world.questions.isEmpty()) {
            world.questions.answerOne();
        } else {
            act(anyClient());
        }
    }

    /// One whose loop has something to do, if it comes up: the same session is then touched on both
    /// sides of a hop.
    private SimulatedClient anyClient() {
        SimulatedClient client = world.pick(world.clients);
        for (int i = 0; i < RACES && !world.loops.isBusy(client.loop()); i++) {
            client = world.pick(world.clients);
        }
        return client;
    }

    private void act(SimulatedClient client) {
        if (!client.isConnected()) {
            if (!client.hasWire() && !world.percent(traits.awayShare)) {
                connect(client);
            }
            return;
        }
        int writableShare = 3;
        int roll =
                random.nextInt(
                        traits.publishShare
                                + traits.subscribeShare
                                + traits.leaveShare
                                + writableShare);
        if (roll < traits.publishShare) {
            publish(client);
        } else if (roll < traits.publishShare + traits.subscribeShare) {
            subscribe(client);
        } else if (roll < traits.publishShare + traits.subscribeShare + traits.leaveShare) {
            depart(client);
        } else if (traits.withholdShare > 0) {
            client.withhold(world.percent(traits.withholdShare));
        } else {
            client.wire().writable(random.nextBoolean());
        }
    }

    private void connect(SimulatedClient client) {
        long expiry = world.percent(traits.endsWithConnectionShare) ? 0 : SESSION_SECONDS;
        Sent will = null;
        if (world.percent(traits.willShare)) {
            will =
                    world.ledger.publish(
                            client.id + "/will",
                            world.pick(traits.topics),
                            world.pick(traits.levels),
                            world.percent(traits.retainShare),
                            SMALL,
                            Message.NEVER);
            will.isWill = true;
        }
        client.connect(
                world.percent(traits.cleanStartShare),
                expiry,
                will,
                random.nextInt(4) == 0 ? 3 : 0);
    }

    private void publish(SimulatedClient client) {
        for (int i = random.nextInt(traits.mostAtOnce); i >= 0 && client.mayPublish(); i--) {
            client.publish(
                    world.pick(traits.topics),
                    world.pick(traits.levels),
                    world.percent(traits.retainShare),
                    world.percent(traits.expireShare) ? 2 : 0,
                    world.percent(traits.largeShare) ? LARGE : SMALL);
        }
    }

    private void subscribe(SimulatedClient client) {
        String filter = world.pick(traits.allFilters());
        Traits.Shared shared =
                traits.groups.stream()
                        .filter(each -> each.filter().equals(filter))
                        .findFirst()
                        .orElse(null);
        if (random.nextInt(4) == 0) {
            client.unsubscribe(filter);
        } else {
            client.subscribe(filter, shared == null ? QoS.of(random.nextInt(3)) : shared.qos());
        }
    }

    private void depart(SimulatedClient client) {
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

    private void letTimePass() {
        if (random.nextInt(4) == 0) {
            world.loops.advance(20_000);
        } else {
            world.loops.stall(700);
        }
        world.ledger.review(world.loops.now());
    }

    private void kill() {
        world.kill();
        if (traits.mostAfterStart > 0) {
            Broker broker = world.broker();
            int messages = new Reachable(broker).count(Message.class) - retained(broker).size();
            long most = (long) traits.mostAfterStart * Inside.sessions(broker);
            world.ledger.check(
                    messages <= most,
                    "a new process holds %d messages (expected: at most %d)",
                    messages,
                    most);
        }
    }

    private static List<Message> retained(Broker broker) {
        return Inside.retained(broker, TopicFilter.of("#"), 0);
    }

    private void troubleDisk() {
        world.ledger.note("the disk fails or recovers: %s", world.store.isFailing());
        if (world.store.isFailing()) {
            world.store.fail(false);
        } else if (random.nextInt(3) == 0) {
            world.store.fail(true);
        } else {
            world.store.failUnnoticed();
        }
    }

    private void changeRights() {
        SimulatedClient client = world.pick(world.clients);
        Set<String> takenAway = new HashSet<>();
        if (random.nextBoolean()) {
            takenAway.add(world.pick(traits.filters));
            takenAway.add(world.pick(traits.filters));
        }
        client.changeRights(new SimulatedRights(takenAway, null));
    }

    /// One client has filled many topics before everything else begins.
    private void fillWithRetained() {
        if (traits.bulk > 0) {
            SimulatedClient client = world.clients.getFirst();
            client.connect(true, 0, null, 0);
            world.loops.settle();
            client.read();
            for (int i = 0; i < traits.bulk; i++) {
                client.publish(Topic.of("r/" + i), QoS.AT_LEAST_ONCE, true, 0, SMALL);
                world.loops.settle();
                world.loops.advance(10);
                readAll();
            }
            client.disconnect();
        }
    }

    // --- how it is found out

    private boolean readAll() {
        boolean moved = false;
        for (SimulatedClient client : world.clients) {
            while (client.hasMail()) {
                client.read();
                moved = true;
            }
        }
        return moved;
    }

    /// Nothing new happens until everything that is under way has arrived.
    private void lull() {
        do {
            world.loops.settle();
            world.loops.advance(130); // what waits for the disk, or is tried again
        } while (readAll());
        world.ledger.review(world.loops.now());
        if (!world.store.isFailing()) {
            nothingStandsStill();
            nothingIsRemembered(world.clients.size());
        }
    }

    private void nothingStandsStill() {
        for (SimulatedClient client : world.clients) {
            Wire wire = client.wire();
            if (wire != null && client.isIdle()) {
                int waiting = wire.hasUnread() ? 0 : wire.waitingForNothing();
                world.ledger.check(
                        waiting == 0,
                        "%s stands still: it has room, and %d messages wait for it",
                        client.id,
                        waiting);
                world.ledger.check(
                        !wire.hasUnread() || !world.questions.isEmpty(),
                        "%s stands still: nothing is read from it",
                        client.id);
            }
        }
    }

    /// What is remembered of messages that have come and gone.
    private void nothingIsRemembered(int sessions) {
        if (traits.mostRemembered > 0) {
            Reachable reachable = new Reachable(world.broker());
            int needed = 0;
            for (Session session : reachable.all(Session.class)) {
                needed += session.queuedMessages() + session.inFlight();
            }
            int remembered = reachable.count(Kept.class);
            int most = needed + traits.mostRemembered * sessions;
            world.ledger.check(
                    remembered <= most,
                    "%d messages are remembered, %d of which wait or are in flight",
                    remembered,
                    needed);
        }
        int deadlines = Inside.deadlines(world.broker());
        int most = mostDeadlines() + 3 * world.clients.size();
        world.ledger.check(
                deadlines <= most, "%d deadlines (expected: at most %d)", deadlines, most);
    }

    private int mostDeadlines() {
        return 4 * world.loops.count() + 4;
    }

    /// Everybody comes back, reads, and acknowledges until nothing moves any more.
    private void comeToRest() {
        world.store.fail(false);
        world.loops.advance(1_000);
        boolean moving = true;
        while (moving) {
            moving = world.loops.step();
            while (!world.questions.isEmpty()) {
                world.questions.answerOne();
                moving = true;
            }
            for (SimulatedClient client : world.clients) {
                Wire wire = client.wire();
                if (wire == null) {
                    client.connect(false, SESSION_SECONDS, null, 0);
                    moving = true;
                } else if (!wire.isWritable()) {
                    wire.writable(true);
                }
                client.withhold(false);
                moving |= client.hasMail();
                client.read();
            }
            if (!moving) {
                world.loops.advance(130); // what waits for the disk, or for the disk to be spared
                moving = world.clients.stream().anyMatch(SimulatedClient::hasMail);
            }
        }
    }

    /// Everybody goes, and no session stays.
    private void leave() {
        for (SimulatedClient client : world.clients) {
            client.abandon();
            client.connect(true, 0, null, 0);
        }
        lull();
        world.clients.forEach(SimulatedClient::disconnect);
        lull();
        for (int i = 0; i < 3; i++) {
            world.loops.stall(31_000); // what is swept now and then
            world.loops.settle();
        }
        world.loops.advance(130);
    }

    private void nothingIsLeft() {
        Broker broker = world.broker();
        none(Inside.sessions(broker), "sessions");
        none(Inside.heldBytes(broker), "bytes of messages");
        none(world.gauge("sessions_bytes"), "bytes of sessions");
        none(world.gauge("queued_bytes"), "bytes of messages that wait");
        none(world.gauge("paged_bytes"), "bytes of messages on disk");
        none(world.gauge("inflight_bytes"), "bytes of messages in flight");
        Reachable reachable = new Reachable(broker);
        none(reachable, Kept.class, "entries of the journal");
        none(reachable, Delivery.class, "deliveries");
        int messages = reachable.count(Message.class) - retained(broker).size();
        none(messages, "messages that are not retained");
        int deadlines = Inside.deadlines(broker);
        none(Math.max(0, deadlines - mostDeadlines()), "deadlines");
        for (Family family :
                List.of(
                        Family.SESSION,
                        Family.SUBSCRIPTION,
                        Family.QUEUE,
                        Family.IN_FLIGHT,
                        Family.INBOUND,
                        Family.MESSAGE)) {
            none(world.store.count(family), "records of " + family);
        }
    }

    private void none(Reachable reachable, Class<?> type, String what) {
        none(reachable.count(type), what, ", " + reachable.chainTo(type));
    }

    private void none(long left, String what) {
        none(left, what, "");
    }

    /// @param chain by what it is kept
    private void none(long left, String what, String chain) {
        world.ledger.check(
                left == 0, "nobody is there, and there are still " + what + ": %d%s", left, chain);
    }
}
