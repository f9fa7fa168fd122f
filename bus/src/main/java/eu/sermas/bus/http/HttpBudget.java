package eu.sermas.bus.http;

import eu.sermas.bus.budget.AddressOwner;
import eu.sermas.bus.budget.Shares;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What requests over HTTP may hold together: bytes of heap and places to work. Each app has a
/// share, administrators have one, and who has shown no valid token has one by address, of an
/// eighth of all that nobody else uses and that uses nothing else.
///
/// Strangers behind one address cannot be told apart, and one of them may send slowly for ever. So
/// where the share of an address is used up, that of its requests which holds most while it waits
/// for its client gives way to the new one: whoever means to log in sends little, and all at once.
///
/// For all threads.
public final class HttpBudget {

    /// What a request costs beside its body and its answer: its head and the stack that serves it.
    public static final int REQUEST = 16 * 1_024;

    private static final int PART_OF_STRANGERS = 8;
    private static final int LEAST_OF_STRANGERS = 512 * 1_024;

    /// Room for a login.
    private static final int GUARANTEE_OF_ADDRESS = 2 * REQUEST;

    private final int guaranteed;
    private final Shares bytes;
    private final Shares places;
    private final Shares bytesOfStrangers;
    private final Shares placesOfStrangers;
    private final Turns turns = new Turns();

    private final AtomicLong arrivals = new AtomicLong();
    private final Map<Long, Holding> unfinished = new ConcurrentSkipListMap<>();

    /// @param total bytes of all requests
    /// @param requests in work at once; a quarter as many of strangers beside them
    /// @param guaranteed apps with a share of their own
    public HttpBudget(long total, int requests, int guaranteed) {
        long ofStrangers = Math.max(LEAST_OF_STRANGERS, total / PART_OF_STRANGERS);
        this.guaranteed = guaranteed;
        bytes = new Shares(Math.max(0, total - ofStrangers), guaranteed);
        places = new Shares(requests, guaranteed);
        bytesOfStrangers = new Shares(ofStrangers, addresses(ofStrangers));
        placesOfStrangers =
                new Shares(
                        Math.max(1, requests / PART_OF_STRANGERS * 2),
                        Math.max(1, requests / PART_OF_STRANGERS / 2));
    }

    private static int addresses(long total) {
        return (int) Math.max(1, Math.min(1_000_000, total / 2 / GUARANTEE_OF_ADDRESS - 1));
    }

    /// For a request without a valid token.
    ///
    /// @param address where it comes from; null where that is no address of IP
    public Holding ofStranger(@Nullable InetAddress address) {
        String owner = address == null ? "local" : AddressOwner.of(address);
        return new Holding(
                this,
                bytesOfStrangers.open(owner),
                placesOfStrangers.open(owner),
                turns.open(owner));
    }

    /// For a request of an app, or of somebody who belongs to no single one.
    public Holding of(String owner) {
        return new Holding(this, bytes.open(owner), places.open(owner), null);
    }

    /// For a request of an administrator.
    public Holding ofSystem() {
        return new Holding(this, bytes.system(), places.system(), null);
    }

    /// What one owner could have at most, if nobody else had anything.
    long most(boolean stranger) {
        return stranger
                ? bytesOfStrangers.total() / 2
                : bytes.total() - bytes.guarantee() * guaranteed;
    }

    public long used() {
        return bytes.used() + bytesOfStrangers.used();
    }

    void leave(Turns.Turn turn) {
        turns.close(turn);
    }

    /// From now on a holding gives way where its owner has no room for another.
    long waits(Holding holding) {
        long number = arrivals.incrementAndGet();
        unfinished.put(number, holding);
        return number;
    }

    void waitsNoMore(long number) {
        unfinished.remove(number);
    }

    /// Lets those who wait give way, the largest and oldest first, until there is room.
    ///
    /// @return false where there is none even so; nothing is taken then
    boolean makeRoom(Holding holding, long amount) {
        for (Holding other = largest(holding); other != null; other = largest(holding)) {
            other.giveWay();
            if (holding.tryTake(amount)) {
                return true;
            }
        }
        return false;
    }

    private @Nullable Holding largest(Holding holding) {
        Holding largest = null;
        for (Holding other : unfinished.values()) {
            if (other != holding
                    && other.hasOwnerOf(holding)
                    && other.isStuck()
                    && (largest == null || other.size() > largest.size())) {
                largest = other;
            }
        }
        return largest;
    }
}
