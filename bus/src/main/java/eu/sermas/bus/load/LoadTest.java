package eu.sermas.bus.load;

import eu.sermas.bus.packet.QoS;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// One run of a scenario. For one thread, which waits for it; [#stop] may come from another.
public final class LoadTest implements AutoCloseable {

    private static final Duration DRAIN = Duration.ofSeconds(3);
    private static final Duration HANGING = Duration.ofSeconds(30);
    private static final Duration LATE_DUPLICATES = Duration.ofMillis(100);

    private final Plan plan;
    private final Crew crew;
    private final Watch watch;
    private final ServerProcess server;
    private final Report report = new Report();

    /// @param progress gets a line a second
    public LoadTest(Plan plan, PrintWriter progress) {
        this.plan = plan;
        this.crew = new Crew(plan.threads(), plan.size());
        this.watch = new Watch(crew, progress);
        this.server = new ServerProcess(plan.serverPid());
    }

    /// Ends the run early; [#run] returns with the figures so far.
    public void stop() {
        watch.stop();
    }

    @Override
    public void close() {
        crew.close();
    }

    /// @throws LoadFailed where the clients do not get in
    public Report run() throws LoadFailed {
        describe();
        switch (plan.scenario()) {
            case FANOUT, FANIN, PAIRS, SHARED -> traffic();
            case IDLE -> idle();
            case CONNECT -> connect();
            case DURABLE -> durable();
        }
        if (watch.isStopped()) {
            report.set("stopped", "early");
        }
        crew.problems().forEach(report::fail);
        return report;
    }

    private void describe() {
        report.set("scenario", plan.scenario().name().toLowerCase(Locale.ROOT));
        report.set("protocol", plan.version().isMqtt5() ? "5" : "3.1.1");
        report.set("transport", plan.target().isWebSocket() ? "websocket" : "tcp");
        report.set("qos", plan.qos().value());
        report.set("size_bytes", plan.size());
        report.set("publishers", plan.publishers());
        report.set("subscribers", plan.subscribers());
        report.set("threads", plan.threads());
        if (plan.isOpenLoop()) {
            report.set("rate_per_s", plan.rate());
        } else if (plan.publishers() > 0) {
            report.set("window", plan.window());
        }
    }

    // Traffic: publishers and subscribers at once.

    private void traffic() throws LoadFailed {
        Clients clients = new Clients(plan, crew, watch);
        clients.connectSubscribers();
        clients.connectPublishers();
        watch.phase("warm-up");
        clients.start();
        boolean timed = plan.messages() == 0;
        if (timed) {
            watch.sleep(plan.warmup());
        }
        crew.each(worker -> worker.measure(true));
        Moment from = moment();
        watch.phase("measure");
        if (timed) {
            watch.sleep(plan.duration());
        } else {
            watch.until(tally -> isComplete(tally, plan.messagesEach() * plan.publishers()), DRAIN);
        }
        Moment to = moment();
        crew.each(worker -> worker.measure(false));
        clients.stop();
        watch.phase("drain");
        watch.until(tally -> isComplete(tally, tally.get(Figure.SENT)), DRAIN);
        watch.sleep(LATE_DUPLICATES);
        rates(from, to);
        clients.check(report, false);
        counts();
        cpu(from, to, to.tally.since(from.tally, Figure.RECEIVED));
        clients.forgetSessions();
    }

    private boolean isComplete(Tally tally, long sent) {
        return tally.get(Figure.SENT) >= sent
                && tally.get(Figure.RECEIVED) >= sent * plan.receivers()
                && (plan.qos() == QoS.AT_MOST_ONCE || tally.get(Figure.ACKNOWLEDGED) >= sent);
    }

    private void rates(Moment from, Moment to) {
        double seconds = to.tally.secondsSince(from.tally);
        report.set("seconds", seconds);
        report.set("sent_per_s", to.tally.since(from.tally, Figure.SENT) / seconds);
        report.set("received_per_s", to.tally.since(from.tally, Figure.RECEIVED) / seconds);
        report.set(
                "received_mb_per_s",
                to.tally.since(from.tally, Figure.RECEIVED_BYTES) / seconds / 1e6);
        report.latency("", crew.histogram(Worker::latencies));
        report.latency("ack_", crew.histogram(Worker::acknowledgements));
        report.latency("lag_", crew.histogram(Worker::lags));
    }

    private void counts() {
        Tally end = crew.tally();
        report.set("sent", end.get(Figure.SENT));
        report.set("received", end.get(Figure.RECEIVED));
        report.set("acknowledged", end.get(Figure.ACKNOWLEDGED));
        report.set("redelivered", end.get(Figure.REDELIVERED));
        report.set("refused", end.get(Figure.REFUSED));
        report.set("foreign", end.get(Figure.FOREIGN));
        report.set("stalls", end.get(Figure.STALLS));
        report.mustBeZero("corrupt", end.get(Figure.CORRUPT));
        report.mustBeZero("unexpected", end.get(Figure.UNEXPECTED));
        report.mustBeZero("disconnected", end.get(Figure.DISCONNECTED));
    }

    // Connections.

    private void idle() throws LoadFailed {
        long emptyBytes = server.residentBytes();
        Clients clients = new Clients(plan, crew, watch);
        Moment from = moment();
        clients.connectSubscribers();
        Moment to = moment();
        double seconds = to.tally.secondsSince(from.tally);
        long open = to.tally.get(Figure.READY);
        report.set("connections", open);
        report.set("connect_s", seconds);
        report.set("connections_per_s", open / seconds);
        cpu(from, to, open);
        watch.phase("hold");
        watch.sleep(plan.duration());
        if (server.isKnown()) {
            report.set("server_rss_empty_mb", emptyBytes / 1e6);
            long full = server.residentBytes();
            report.set("server_rss_mb", full / 1e6);
            report.set("server_rss_per_connection_kb", (full - emptyBytes) / 1e3 / open);
        }
        report.mustBeZero("disconnected", crew.tally().get(Figure.DISCONNECTED));
    }

    private void connect() throws LoadFailed {
        Clients clients = new Clients(plan, crew, watch);
        List<Visitor> visitors = clients.visitors();
        crew.each(_ -> {});
        visitors.forEach(visitor -> crew.on(visitor.worker(), visitor::start));
        watch.phase("warm-up");
        watch.sleep(plan.warmup());
        crew.each(worker -> worker.measure(true));
        Moment from = moment();
        watch.phase("measure");
        watch.sleep(plan.duration());
        Moment to = moment();
        crew.each(worker -> worker.measure(false));
        visitors.forEach(visitor -> crew.on(visitor.worker(), visitor::stop));
        long connected = to.tally.since(from.tally, Figure.CONNECTED);
        if (connected == 0) {
            throw new LoadFailed("no connection: " + String.join("; ", crew.problems()));
        }
        double seconds = to.tally.secondsSince(from.tally);
        report.set("seconds", seconds);
        report.set("connections_per_s", connected / seconds);
        report.latency("", crew.histogram(Worker::latencies));
        cpu(from, to, connected);
        report.mustBeZero("failed", to.tally.get(Figure.FAILED));
    }

    // Durable: messages for sessions that are absent.

    private void durable() throws LoadFailed {
        Clients clients = new Clients(plan, crew, watch);
        clients.connectSubscribers();
        clients.dismissSubscribers(plan.subscribers());
        clients.connectPublishers();
        watch.phase("store");
        crew.each(worker -> worker.measure(true));
        Moment from = moment();
        clients.start();
        long wanted = plan.messagesEach() * plan.publishers();
        watch.until(tally -> tally.get(Figure.ACKNOWLEDGED) >= wanted, HANGING);
        Moment stored = moment();
        crew.each(worker -> worker.measure(false));
        clients.stop();
        long acknowledged = stored.tally.get(Figure.ACKNOWLEDGED);
        double seconds = stored.tally.secondsSince(from.tally);
        report.set("store_s", seconds);
        report.set("stored_per_s", acknowledged / seconds);
        report.latency("ack_", crew.histogram(Worker::acknowledgements));
        report.latency("lag_", crew.histogram(Worker::lags));
        cpu("store_", from, stored, acknowledged);

        watch.phase("drain");
        clients.nextSubscription(false, false);
        Moment back = moment();
        clients.connectSubscribers();
        long expected = acknowledged * plan.receivers();
        watch.until(tally -> tally.get(Figure.RECEIVED) >= expected, DRAIN);
        Moment drained = moment();
        seconds = drained.tally.secondsSince(back.tally);
        report.set("drain_s", seconds);
        report.set("drained_per_s", drained.tally.get(Figure.RECEIVED) / seconds);
        cpu("drain_", back, drained, drained.tally.get(Figure.RECEIVED));
        watch.sleep(LATE_DUPLICATES);
        clients.check(report, true);
        counts();
        clients.forgetSessions();
    }

    // Measuring.

    /// What is known at one moment.
    private record Moment(Tally tally, double clientCpu, double serverCpu) {}

    private Moment moment() {
        return new Moment(crew.tally(), ServerProcess.ownCpuSeconds(), server.cpuSeconds());
    }

    private void cpu(Moment from, Moment to, long units) {
        cpu("", from, to, units);
    }

    /// The generator's share is that of its threads: 1 means that it, not the broker, is the limit.
    private void cpu(String prefix, Moment from, Moment to, long units) {
        double seconds = to.tally.secondsSince(from.tally);
        double client = to.clientCpu - from.clientCpu;
        report.set(prefix + "client_cpu_share", client / seconds / plan.threads());
        if (server.isKnown() && units > 0) {
            double used = to.serverCpu - from.serverCpu;
            report.set(prefix + "server_cores", used / seconds);
            String unit =
                    plan.scenario().isTraffic() || prefix.length() > 0 ? "message" : "connection";
            report.set(prefix + "server_us_per_" + unit, used * 1e6 / units);
        }
    }
}
