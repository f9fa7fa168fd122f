package eu.sermas.bus.systemtest.crash;

import eu.sermas.bus.systemtest.crash.RawPeer.Habits;
import eu.sermas.bus.systemtest.raw.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.awaitility.Awaitility;

/// The clients of a run: publishers that never rest, subscribers of every habit, and the rarer
/// [Actors].
///
/// | topics | what they are for |
/// |---|---|
/// | `t/PUBLISHER/N` | read by many sessions |
/// | `shared/PUBLISHER` | read by two members of a shared subscription |
/// | `visited/PUBLISHER` | read by members of one that come and go, QoS 1 |
/// | `loose/PUBLISHER` | read by the same sessions, and promised nothing |
/// | `r/PUBLISHER/QOS` | retained |
/// | `will/NAME` | wills |
final class Traffic implements AutoCloseable {

    private static final int WINDOW = 20;
    private static final int TOPICS = 3;
    private static final Duration BETWEEN_MESSAGES = Duration.ofMillis(8);
    private static final Duration RECEIVE_SLOWLY = Duration.ofMillis(2);
    private static final Duration QUIET = Duration.ofSeconds(3);
    private static final Duration FINISHED_WITHIN = Duration.ofSeconds(60);

    /// On a busy machine the slow one falls behind in every life, and has much to take in the end.
    private static final Duration DRAINED_WITHIN = Duration.ofMinutes(20);

    private final History history;
    private final Random random;
    private final List<Publisher> publishers;
    private final List<Peer> subscribers;
    private final Peer slow;
    private final Peer comesAndGoes;
    private final RawPeer isCutOff;
    private final Peer staysAway;
    private final Actors actors;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean finished;

    private record Publisher(String name, Peer peer) {}

    Traffic(int port, History history, long seed) {
        this.history = history;
        this.random = new Random(seed);
        publishers =
                List.of(
                        new Publisher("hivemq", new HiveMqPeer("p-hivemq", port, history)),
                        new Publisher("paho", new PahoPeer("p-paho", port, history)),
                        raw("raw5", Version.V5, port),
                        raw("raw3", Version.V311, port));
        slow = new RawPeer("s-slow", port, Habits.of(Version.V5).slow(3, RECEIVE_SLOWLY), history);
        comesAndGoes = new RawPeer("s-comes", port, Habits.of(Version.V311), history);
        isCutOff = new RawPeer("s-cut", port, Habits.of(Version.V5), history);
        staysAway = new RawPeer("s-away", port, Habits.of(Version.V5), history);
        subscribers =
                List.of(
                        new HiveMqPeer("s-hivemq", port, history),
                        new PahoPeer("s-paho", port, history),
                        slow,
                        comesAndGoes,
                        isCutOff,
                        staysAway);
        actors = new Actors(port, history, publishers.stream().map(Publisher::name).toList());
    }

    private Publisher raw(String name, Version version, int port) {
        return new Publisher(name, new RawPeer("p-" + name, port, Habits.of(version), history));
    }

    void start() {
        for (var subscriber : subscribers) {
            subscriber.comeBack();
            subscriber.subscribe("t/#", subscriber == isCutOff ? 1 : 2);
            subscriber.subscribe("will/#", 2);
            subscriber.subscribe("loose/#", 2);
        }
        for (var member : List.of(slow, comesAndGoes)) {
            member.subscribe("$share/group/shared/#", 2);
        }
        slow.subscribe(Topics.VISITED, 1);
        isCutOff.subscribe("r/#", 1);
        staysAway.leave();
        for (var publisher : publishers) {
            publisher.peer.comeBack();
            begin(() -> publish(publisher, new Random(random.nextLong())));
        }
        begin(() -> comeAndGo(new Random(random.nextLong())));
        actors.all().forEach(actor -> begin(() -> repeat(actor)));
    }

    /// The bus is about to be killed.
    void killed() {
        actors.killed();
    }

    private void begin(Runnable task) {
        Runnable whileItLasts =
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException e) {
                        if (!finished) {
                            throw e;
                        }
                    }
                };
        threads.add(Thread.ofVirtual().start(whileItLasts));
    }

    private void repeat(Runnable act) {
        while (!finished) {
            act.run();
        }
    }

    private void publish(Publisher publisher, RandomGenerator choices) {
        for (long number = 1; !finished; number++) {
            if (publisher.peer.unacknowledged() < WINDOW) {
                publisher.peer.publish(message(publisher.name, number, choices));
            }
            pause(BETWEEN_MESSAGES);
        }
    }

    private static Message message(String publisher, long number, RandomGenerator choices) {
        int qos = choices.nextInt(1, 3);
        int kind = choices.nextInt(100);
        if (kind < 10) {
            return Message.of(publisher, number, "shared/" + publisher, qos);
        }
        if (kind < 15) {
            return Message.of(publisher, number, "visited/" + publisher, 1);
        }
        if (kind < 20) {
            return Message.of(publisher, number, "loose/" + publisher, qos);
        }
        if (kind < 30) {
            var topic = "r/%s/%d".formatted(publisher, qos);
            var message = Message.of(publisher, number, topic, qos);
            return kind == 20 ? message.clearing() : message.retained();
        }
        var topic = "t/%s/%d".formatted(publisher, choices.nextInt(TOPICS));
        return Message.of(publisher, number, topic, qos);
    }

    private void comeAndGo(RandomGenerator choices) {
        while (!finished) {
            comesAndGoes.leave();
            isCutOff.drop();
            pause(choices, 1500);
            comesAndGoes.comeBack();
            pause(choices, 1500);
            isCutOff.comeBack();
            pause(choices, 1500);
        }
    }

    /// Lets everybody come to an end: what was sent is acknowledged, what waits is received.
    void finish() {
        finished = true;
        for (var thread : threads) {
            join(thread);
        }
        Awaitility.await("every message acknowledged")
                .atMost(FINISHED_WITHIN)
                .until(() -> publishers.stream().allMatch(p -> p.peer.unacknowledged() == 0));
        subscribers.forEach(Peer::comeBack);
        actors.comeBack();
        long end = System.nanoTime() + DRAINED_WITHIN.toNanos();
        do {
            pause(QUIET);
        } while (System.nanoTime() < end && !isQuiet());
    }

    private boolean isQuiet() {
        return System.nanoTime() - history.lastNews() > QUIET.toNanos();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static void pause(RandomGenerator choices, int lessThanMillis) {
        pause(Duration.ofMillis(choices.nextInt(lessThanMillis)));
    }

    /// Time that a client lets pass is what it is tested with: nothing is waited for here.
    static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        finished = true;
        publishers.forEach(publisher -> publisher.peer.close());
        subscribers.forEach(Peer::close);
        actors.close();
    }
}
