package eu.sermas.bus.http;

import eu.sermas.bus.peer.ClientAddress;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/// What a connection holds of bytes that nobody has asked for: a head that is not complete,
/// requests that were sent ahead. A usual amount is not looked at; a large one counts in the share
/// of its address, and gives way to others of that. On the event loop.
final class HeadCost {

    /// Bytes that nobody is asked for.
    private static final int USUAL = 4 * 1_024;

    /// Text that came as bytes is held as strings and fields.
    private static final int FACTOR = 3;

    private final Channel channel;
    private final HttpBudget budget;
    private long read;
    private long taken;
    private @Nullable Holding holding;

    HeadCost(Channel channel, HttpBudget budget) {
        this.channel = channel;
        this.budget = budget;
    }

    /// @param bytes more of the head that were made something of
    /// @param waiting bytes that are here too
    void read(int bytes, int waiting) {
        read += bytes;
        if (read + waiting <= USUAL) {
            return;
        }
        Holding open = holding;
        if (open == null) {
            open = budget.ofStranger(ClientAddress.of(channel));
            open.awaits(() -> channel.eventLoop().execute(() -> channel.close()));
            holding = open;
        }
        long missing = FACTOR * (read + waiting) - taken;
        if (missing > 0 && !open.take(missing)) {
            channel.close();
        } else {
            taken += Math.max(0, missing);
        }
    }

    /// The head is handed on, or nothing more comes of it.
    void complete() {
        Holding open = holding;
        if (open != null) {
            open.close();
        }
        holding = null;
        read = 0;
        taken = 0;
    }
}
