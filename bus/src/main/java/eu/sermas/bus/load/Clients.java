package eu.sermas.bus.load;

import eu.sermas.bus.packet.TopicFilter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The publishers and subscribers of a run.
final class Clients {

    private static final long SESSION_SECONDS = Duration.ofHours(1).toSeconds();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Plan plan;
    private final Crew crew;
    private final Watch watch;

    /// Tells this run's messages and client identifiers from those of another.
    private final int run = RandomGenerator.getDefault().nextInt();

    private final List<Publisher> publishers = new ArrayList<>();
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final @Nullable Ledger group;

    Clients(Plan plan, Crew crew, Watch watch) {
        this.plan = plan;
        this.crew = crew;
        this.watch = watch;
        boolean shared = plan.scenario() == Scenario.SHARED;
        group = shared ? new Ledger(0, plan.publishers()) : null;
        for (int i = 0; i < plan.publishers(); i++) {
            Worker worker = crew.worker(i);
            Publisher publisher = new Publisher(plan, run, i, worker, client("p", i, i, null, 0));
            publishers.add(publisher);
            crew.on(worker, () -> worker.publishers().add(publisher));
        }
        for (int i = 0; i < plan.subscribers(); i++) {
            subscribers.add(subscriber(i));
        }
    }

    private Subscriber subscriber(int number) {
        TopicFilter filter = TopicFilter.of(plan.scenario().filter(plan.topic(), number));
        Link.Client client =
                client("s", number, number, filter, plan.isPersistent() ? SESSION_SECONDS : 0);
        Ledger ledger =
                switch (plan.scenario()) {
                    case PAIRS -> new Ledger(number, 1);
                    default -> group == null ? new Ledger(0, plan.publishers()) : group;
                };
        return new Subscriber(run, publishers, crew.worker(number), client, ledger, group != null);
    }

    private Link.Client client(
            String role, int number, int user, @Nullable TopicFilter filter, long expiry) {
        return new Link.Client(
                plan,
                "bench-%08x-%s%d".formatted(run, role, number),
                plan.user(user),
                filter,
                expiry,
                address(number));
    }

    private @Nullable InetSocketAddress address(int number) {
        return plan.addresses() == 1
                ? null
                : new InetSocketAddress("127.0.0." + (1 + number % plan.addresses()), 0);
    }

    List<Publisher> publishers() {
        return publishers;
    }

    /// As many visitors as there are subscribers.
    List<Visitor> visitors() {
        List<Visitor> visitors = new ArrayList<>();
        for (int i = 0; i < plan.subscribers(); i++) {
            visitors.add(visitor(i));
        }
        return visitors;
    }

    private Visitor visitor(int number) {
        int all = plan.subscribers();
        return new Visitor(
                crew.worker(number), visit -> client("c", number, number + visit * all, null, 0));
    }

    /// Connects all subscribers, and waits for them.
    void connectSubscribers() throws LoadFailed {
        watch.phase("connect");
        long before = crew.tally().get(Figure.READY);
        subscribers.forEach(subscriber -> open(subscriber.link()));
        await(before + subscribers.size());
    }

    void connectPublishers() throws LoadFailed {
        watch.phase("connect");
        long before = crew.tally().get(Figure.READY);
        publishers.forEach(publisher -> open(publisher.link()));
        await(before + publishers.size());
    }

    private void open(Link link) {
        crew.on(link.worker(), () -> link.worker().open(link));
    }

    private void await(long ready) throws LoadFailed {
        Tally last =
                watch.until(
                        tally -> tally.get(Figure.READY) >= ready || tally.get(Figure.FAILED) > 0,
                        PATIENCE);
        if (last.get(Figure.READY) < ready && !watch.isStopped()) {
            throw new LoadFailed(
                    "%d of %d clients are connected: %s"
                            .formatted(
                                    last.get(Figure.READY),
                                    ready,
                                    String.join("; ", crew.problems())));
        }
    }

    /// Disconnects all subscribers, and waits until they are gone.
    void dismissSubscribers(long leaving) {
        long before = crew.tally().get(Figure.READY);
        subscribers.forEach(
                subscriber -> crew.on(subscriber.link().worker(), subscriber.link()::leave));
        watch.until(tally -> tally.get(Figure.READY) <= before - leaving, PATIENCE);
    }

    /// How the subscribers' next connections begin.
    void nextSubscription(boolean cleanStart, boolean subscribes) {
        subscribers.forEach(
                subscriber ->
                        crew.on(
                                subscriber.link().worker(),
                                () -> subscriber.link().next(cleanStart, subscribes)));
    }

    /// Leaves no session behind with the broker.
    void forgetSessions() throws LoadFailed {
        if (plan.isPersistent() && !watch.isStopped()) {
            watch.phase("clean up");
            dismissSubscribers(subscribers.size());
            nextSubscription(true, false);
            connectSubscribers();
        }
    }

    void start() {
        long start = System.nanoTime() + 1_000_000;
        crew.each(
                worker -> {
                    double share = (double) worker.publishers().size() / publishers.size();
                    if (plan.isOpenLoop()) {
                        new Schedule(worker, plan.rate() * share, start).run();
                    } else {
                        worker.publishers().forEach(Publisher::start);
                    }
                });
        crew.each(this::watchStalls);
    }

    private void watchStalls(Worker worker) {
        long now = System.nanoTime();
        worker.publishers().forEach(publisher -> publisher.checkStall(now));
        worker.at(now + 100_000_000, () -> watchStalls(worker));
    }

    void stop() {
        crew.each(worker -> worker.publishers().forEach(Publisher::stop));
    }

    /// Compares what was sent with what has come. To be called when nothing moves any more.
    ///
    /// @param acknowledgedOnly whether only those count as sent that the broker has taken over
    void check(Report report, boolean acknowledgedOnly) {
        long expected = 0;
        long missing = 0;
        long duplicates = 0;
        long misordered = 0;
        for (Subscriber subscriber : subscribers) {
            misordered += subscriber.misordered();
        }
        for (Ledger ledger : ledgers()) {
            duplicates += ledger.duplicates();
            for (Publisher publisher : publishers) {
                if (ledger.expects(publisher.number())) {
                    long sent = acknowledgedOnly ? publisher.acknowledged() : publisher.sent();
                    expected += sent;
                    missing += ledger.missing(publisher.number(), sent);
                }
            }
        }
        report.set("expected", expected);
        switch (plan.qos()) {
            case AT_MOST_ONCE -> {
                report.set("loss", missing); // QoS 0 promises nothing
                report.mustBeZero("duplicates", duplicates);
            }
            case AT_LEAST_ONCE -> {
                report.mustBeZero("loss", missing);
                report.set("duplicates", duplicates); // allowed
            }
            case EXACTLY_ONCE -> {
                report.mustBeZero("loss", missing);
                report.mustBeZero("duplicates", duplicates);
            }
        }
        report.mustBeZero("misordered", misordered);
    }

    private List<Ledger> ledgers() {
        return group == null
                ? subscribers.stream().map(Subscriber::ledger).toList()
                : List.of(group);
    }
}
