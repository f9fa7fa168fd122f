package eu.sermas.bus.load;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A client that receives and checks. Owned by its loop, except the ledger of a shared group, which
/// guards itself.
final class Subscriber implements Peer {

    private final int run;
    private final List<Publisher> publishers;
    private final Worker worker;
    private final Link link;
    private final Ledger ledger;

    /// Of a member of a shared group, the last number of each publisher, since the ledger is the
    /// group's and cannot tell the order in which one member got its share; else null.
    private final long @Nullable [] last;

    private long outOfOrder;

    /// @param ledger its own, or the group's where `shared`
    Subscriber(
            int run,
            List<Publisher> publishers,
            Worker worker,
            Link.Client client,
            Ledger ledger,
            boolean shared) {
        this.run = run;
        this.publishers = publishers;
        this.worker = worker;
        this.link = new Link(client, worker, this);
        this.ledger = ledger;
        last = shared ? new long[publishers.size()] : null;
        if (last != null) {
            Arrays.fill(last, -1);
        }
    }

    Link link() {
        return link;
    }

    Ledger ledger() {
        return ledger;
    }

    /// Messages that came behind a later one of their publisher.
    long misordered() {
        return last == null ? ledger.late() : outOfOrder;
    }

    @Override
    public void delivered(ByteBuf in, int at, int length) {
        Tally tally = worker.tally();
        if (length < Payload.SIZE || Payload.run(in, at) != run) {
            tally.count(Figure.FOREIGN);
            return;
        }
        int publisher = Payload.publisher(in, at);
        long sequence = Payload.sequence(in, at);
        if (!ledger.expects(publisher)) {
            tally.count(Figure.FOREIGN);
            return;
        }
        if (Payload.length(in, at) != length) {
            tally.count(Figure.CORRUPT);
        }
        tally.count(Figure.RECEIVED);
        tally.count(Figure.RECEIVED_BYTES, length);
        if (worker.isMeasuring()) {
            worker.latencies().record(worker.now() - Payload.nanoTime(in, at));
        }
        if (last == null ? ledger.record(publisher, sequence) : share(publisher, sequence, last)) {
            publishers.get(publisher).delivered(sequence, worker);
        }
    }

    private boolean share(int publisher, long sequence, long[] before) {
        if (sequence < before[publisher]) {
            outOfOrder++;
        }
        before[publisher] = sequence;
        synchronized (ledger) {
            return ledger.record(publisher, sequence);
        }
    }
}
