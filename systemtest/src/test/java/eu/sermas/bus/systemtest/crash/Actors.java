package eu.sermas.bus.systemtest.crash;

import static eu.sermas.bus.systemtest.crash.Traffic.pause;

import eu.sermas.bus.systemtest.crash.RawPeer.Habits;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Property;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Version;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// Clients that play one short piece again and again: sessions that are cleaned and expire, members
/// of a shared subscription that do so, subscriptions that are ended, wills, and reading of
/// retained messages. A piece that a kill cuts short begins anew; what nobody can know then is not
/// noted.
final class Actors implements AutoCloseable {

    private static final Duration EXPIRY = Duration.ofSeconds(2);
    private static final Duration WILL_DELAY = Duration.ofSeconds(1);
    private static final Duration SETTLED = Duration.ofNanos(Lives.SETTLED);
    private static final Duration MOMENT = Duration.ofMillis(200);

    private final int port;
    private final History history;
    private final List<String> publishers;
    private final RawPeer mortal;
    private final RawPeer fickle;
    private final List<RawPeer> visitors;
    private final Random mortalChoices = new Random(1);
    private final Random willChoices = new Random(2);
    private final AtomicInteger kills = new AtomicInteger();
    private long wills;

    Actors(int port, History history, List<String> publishers) {
        this.port = port;
        this.history = history;
        this.publishers = publishers;
        var habits = Habits.of(Version.V5);
        mortal = new RawPeer("s-mortal", port, habits.expiringAfter(EXPIRY), history);
        fickle = new RawPeer("s-fickle", port, habits, history);
        visitors =
                Stream.of("s-visitor1", "s-visitor2", "s-visitor3")
                        .map(name -> new RawPeer(name, port, habits.expiringAfter(EXPIRY), history))
                        .toList();
    }

    List<Runnable> all() {
        var acts = new ArrayList<Runnable>();
        acts.addAll(
                List.of(this::liveAndDie, this::changeSubscriptions, this::leaveAWill, this::read));
        for (int i = 0; i < visitors.size(); i++) {
            var visitor = visitors.get(i);
            var choices = new Random(3 + i);
            acts.add(() -> visit(visitor, choices));
        }
        return acts;
    }

    void killed() {
        kills.incrementAndGet();
    }

    void comeBack() {
        fickle.comeBack();
    }

    /// Comes back before the session has expired, or after it, or starts clean.
    private void liveAndDie() {
        mortal.comeBack(mortalChoices.nextInt(4) == 0);
        mortal.subscribe("t/raw5/0", 1);
        pause(mortalChoices, 500);
        if (mortalChoices.nextBoolean()) {
            mortal.leave();
        } else {
            mortal.drop();
        }
        boolean stays = mortalChoices.nextBoolean();
        pause(stays ? EXPIRY.plusNanos(Lives.GRACE).plus(MOMENT) : EXPIRY.dividedBy(4));
    }

    /// A member of a shared subscription for a moment. What it leaves behind is for the others,
    /// whether its session ends with its next connection or by itself.
    private void visit(RawPeer visitor, Random choices) {
        visitor.comeBack(choices.nextBoolean());
        visitor.subscribe(Topics.VISITED, 1);
        pause(choices, 400);
        if (choices.nextBoolean()) {
            visitor.leave();
        } else {
            visitor.drop();
        }
        pause(choices, choices.nextInt(8) == 0 ? 4_000 : 300);
    }

    private void changeSubscriptions() {
        fickle.comeBack();
        fickle.subscribe("t/+/1", 2);
        pause(MOMENT);
        fickle.unsubscribe("t/+/1");
        pause(MOMENT);
        fickle.leave();
        pause(MOMENT);
    }

    /// Is cut off, and comes back in time for nobody to see the will, or too late.
    private void leaveAWill() {
        int before = kills.get();
        var will = nextWill();
        long cut;
        try (var client = connect(will)) {
            cut = System.nanoTime();
            client.drop();
        } catch (AssertionError | UncheckedIOException e) {
            pause(MOMENT);
            return;
        }
        boolean inTime = willChoices.nextBoolean();
        pause(inTime ? MOMENT : SETTLED);
        if (!inTime) {
            if (kills.get() == before) {
                history.note(new Event.Acknowledged(System.nanoTime(), will.id()));
            }
            pause(WILL_DELAY.plus(SETTLED));
            return;
        }
        try (var client = connect(nextWill())) {
            long back = System.nanoTime();
            if (kills.get() == before && back - cut < WILL_DELAY.toNanos()) {
                history.note(new Event.Revoked(back, will.id()));
            }
            client.disconnect();
        } catch (AssertionError | UncheckedIOException e) {
            pause(MOMENT);
        }
    }

    private Message nextWill() {
        return Message.of("will", ++wills, "will/one", 2);
    }

    private RawClient connect(Message will) {
        history.note(new Event.Sent(System.nanoTime(), will));
        var client = RawClient.open(port);
        client.connect(
                Connect.v5("w-will")
                        .unclean()
                        .with(Property.SESSION_EXPIRY_INTERVAL, 3600L)
                        .will(
                                Publish.to(will.topic(), will.payload())
                                        .qos(will.qos())
                                        .with(
                                                Property.WILL_DELAY_INTERVAL,
                                                WILL_DELAY.toSeconds())));
        return client;
    }

    /// Asks for every retained message by its topic.
    private void read() {
        pause(MOMENT);
        try (var client = RawClient.open(port)) {
            client.connect(Connect.v5("reader"));
            for (var publisher : publishers) {
                read(client, "r/%s/1".formatted(publisher));
                read(client, "r/%s/2".formatted(publisher));
            }
            client.disconnect();
        } catch (AssertionError | UncheckedIOException e) {
            pause(MOMENT);
        }
    }

    private void read(RawClient client, String topic) {
        long asked = System.nanoTime();
        client.subscribe(topic, 0);
        long answered = System.nanoTime();
        var retained = client.expectPublishes().stream().filter(Publish::retain).findFirst();
        var id = retained.map(message -> Message.Id.parse(message.text())).orElse(null);
        history.note(new Event.Read(System.nanoTime(), asked, answered, topic, id));
    }

    @Override
    public void close() {
        mortal.close();
        fickle.close();
        visitors.forEach(RawPeer::close);
    }
}
