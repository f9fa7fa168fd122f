package eu.sermas.bus.load;

import eu.sermas.bus.codec.PacketEncoder;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A client that publishes, on one topic: in the closed loop as soon as its windows have room, in
/// the open loop when its [Schedule] says so. Owned by its loop, except [#delivered].
final class Publisher implements Peer {

    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final int number;
    private final Worker worker;
    private final Link link;
    private final long limit;

    /// The whole packet; identifier, sequence number and time are set in each copy of it.
    private final byte[] packet;

    private final int packetIdAt;
    private final int payloadAt;

    /// Null for QoS 0.
    private final @Nullable PacketIds ids;

    /// Null where receivers do not hold the publisher back.
    private final @Nullable DeliveryWindow window;

    private @Nullable Schedule schedule;
    private int place;
    private boolean publishing;
    private boolean queued;
    private long scheduled;
    private long sent;
    private long acknowledged;
    private long stalledAt;
    private long stalledSince;

    Publisher(Plan plan, int run, int number, Worker worker, Link.Client client) {
        this.number = number;
        this.worker = worker;
        this.link = new Link(client, worker, this);
        this.limit = plan.messagesEach() == 0 ? Long.MAX_VALUE : plan.messagesEach();
        Topic topic = Topic.of(plan.scenario().topic(plan.topic(), number));
        packet = encode(plan, topic, Payload.template(plan.size(), run, number));
        payloadAt = packet.length - plan.size();
        packetIdAt = payloadAt - (plan.version().isMqtt5() ? 1 : 0) - 2;
        ids = plan.qos() == QoS.AT_MOST_ONCE ? null : new PacketIds(plan.window());
        boolean paced = plan.scenario().isTraffic() && !plan.isOpenLoop();
        window =
                paced
                        ? new DeliveryWindow(
                                plan.outstanding(), plan.receivers(), plan.threads() > 1)
                        : null;
    }

    private static byte[] encode(Plan plan, Topic topic, byte[] payload) {
        int packetId = plan.qos() == QoS.AT_MOST_ONCE ? 0 : 1;
        Publish publish =
                new Publish(topic, payload, plan.qos(), false, false, packetId, Properties.NONE);
        ByteBuf out = Unpooled.buffer();
        PacketEncoder.encode(publish, plan.version(), out);
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    int number() {
        return number;
    }

    Link link() {
        return link;
    }

    long sent() {
        return sent;
    }

    /// Messages that the broker has taken over.
    long acknowledged() {
        return acknowledged;
    }

    /// Starts publishing in the closed loop.
    void start() {
        publishing = true;
        stalledSince = System.nanoTime();
        wake();
    }

    /// Starts publishing in the open loop.
    ///
    /// @param place in the schedule
    void start(Schedule schedule, int place) {
        this.schedule = schedule;
        this.place = place;
        start();
    }

    void stop() {
        publishing = false;
    }

    @Override
    public void ready(int receiveMaximum) {
        if (ids != null) {
            ids.limit(receiveMaximum);
        }
    }

    /// Lets the publisher go on at the end of this turn, if it can.
    void wake() {
        if (!queued && publishing) {
            queued = true;
            worker.publishLater(this);
        }
    }

    /// One more message is due.
    void schedule() {
        scheduled++;
        wake();
    }

    void publish() {
        queued = false;
        long now = System.nanoTime();
        while (maySend()) {
            write(schedule == null ? now : intended(schedule, now));
        }
    }

    private long intended(Schedule times, long now) {
        long due = times.due(place, sent);
        if (worker.isMeasuring()) {
            worker.lags().record(now - due);
        }
        return due;
    }

    private boolean maySend() {
        return publishing
                && sent < limit
                && (schedule == null || sent < scheduled)
                && (ids == null || ids.anyFree())
                && (window == null || window.hasRoom())
                && link.isReady()
                && link.isWritable();
    }

    private void write(long nanoTime) {
        ByteBuf out = link.begin(packet.length);
        int at = out.writerIndex();
        out.writeBytes(packet);
        if (ids != null) {
            out.setShort(at + packetIdAt, ids.take(nanoTime));
        }
        Payload.stamp(out, at + payloadAt, sent, nanoTime);
        link.end();
        if (window != null) {
            window.sent();
        }
        sent++;
        worker.tally().count(Figure.SENT);
    }

    /// A receiver has this message. Comes on the receiver's loop.
    void delivered(long sequence, Worker receiver) {
        if (window != null && window.received(sequence)) {
            if (receiver.equals(worker)) {
                wake();
            } else {
                worker.loop().execute(this::wake);
            }
        }
    }

    @Override
    public void acknowledged(int packetId, boolean refused) {
        long since = ids == null ? PacketIds.UNKNOWN : ids.release(packetId);
        if (since == PacketIds.UNKNOWN) {
            worker.tally().count(Figure.UNEXPECTED);
            return;
        }
        acknowledged++;
        worker.tally().count(Figure.ACKNOWLEDGED);
        if (refused) {
            worker.tally().count(Figure.REFUSED);
        }
        if (worker.isMeasuring()) {
            worker.acknowledgements().record(worker.now() - since);
        }
        wake();
    }

    @Override
    public boolean received(int packetId) {
        boolean isExpected = ids != null && ids.markReceived(packetId);
        if (!isExpected) {
            worker.tally().count(Figure.UNEXPECTED);
        }
        return isExpected;
    }

    @Override
    public void writable() {
        wake();
    }

    /// Goes on without a message that has not arrived for long; it will be counted as lost.
    void checkStall(long now) {
        if (window == null) {
            return;
        }
        boolean moves = (window.hasRoom() && window.isEmpty()) || window.oldest() != stalledAt;
        if (moves) {
            stalledAt = window.oldest();
            stalledSince = now;
        } else if (now - stalledSince > STALL_NANOS) {
            worker.tally().count(Figure.STALLS);
            window.giveUp();
            stalledSince = now;
            wake();
        }
    }
}
