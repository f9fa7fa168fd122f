package eu.sermas.bus.bench;

import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.session.Account;
import eu.sermas.bus.session.QueueLimits;
import eu.sermas.bus.session.Session;
import eu.sermas.bus.session.SessionKey;
import eu.sermas.bus.session.Tally;
import eu.sermas.bus.session.Terms;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What a session does with a message between the router and the connection, without either.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SessionBenchmark {

    private static final int WINDOW = 100;
    private static final int QUEUED = 1000;

    private final Topic topic = Topic.of("app/myapp/dialogue/messages/0c5e6a5e");
    private final Message qos0 = Message.of(topic, new byte[64], QoS.AT_MOST_ONCE);
    private final Message qos1 = Message.of(topic, new byte[64], QoS.AT_LEAST_ONCE);
    private final Message qos2 = Message.of(topic, new byte[64], QoS.EXACTLY_ONCE);
    private final Terms terms = new Terms(QoS.EXACTLY_ONCE, false, Terms.NO_IDS, null);
    private final Sink sink = new Sink();
    private Session online;
    private Session absent;

    @Setup
    public void connect() {
        online = session("online");
        online.attach(sink, WINDOW, 0);
        absent = session("absent");
        absent.expiryInterval(3600);
    }

    private static Session session(String clientId) {
        Shares plenty = new Shares(1 << 30, 1);
        return new Session(
                new SessionKey("bench", clientId),
                0,
                new QueueLimits(10_000, 64 << 20, 16 << 20, false, false),
                new Account("", plenty.system(), plenty.system(), plenty.system(), 64 * 1024),
                new Tally(),
                Runnable::run);
    }

    @Benchmark
    public Object deliverQos0() {
        return online.deliver(qos0, terms, 0);
    }

    /// With its PUBACK.
    @Benchmark
    public Object deliverQos1() {
        Object outcome = online.deliver(qos1, terms, 0);
        online.pubAck(sink.packetId(), 0);
        return outcome;
    }

    /// With its PUBREC and PUBCOMP.
    @Benchmark
    public Object deliverQos2() {
        Object outcome = online.deliver(qos2, terms, 0);
        int packetId = sink.packetId();
        online.pubRec(packetId, ReasonCode.SUCCESS, 0);
        online.pubComp(packetId, 0);
        return outcome;
    }

    /// A full window, acknowledged in order: what a fast receiver does.
    @Benchmark
    @OperationsPerInvocation(WINDOW)
    public int window() {
        int first = 0;
        for (int i = 0; i < WINDOW; i++) {
            online.deliver(qos1, terms, 0);
            first = i == 0 ? sink.packetId() : first;
        }
        for (int i = 0; i < WINDOW; i++) {
            online.pubAck((first - 1 + i) % Packet.MAX_PACKET_ID + 1, 0);
        }
        return online.inFlight();
    }

    /// Queued for an absent client, then taken in windows when it is back; without a disk.
    @Benchmark
    @OperationsPerInvocation(QUEUED)
    public int queueAndDrain() {
        for (int i = 0; i < QUEUED; i++) {
            absent.deliver(qos1, terms, 0);
        }
        absent.attach(sink, 1, 0);
        for (int i = 0; i < QUEUED; i++) {
            absent.pubAck(sink.packetId(), 0);
        }
        absent.detach(0);
        return absent.queuedMessages();
    }
}
