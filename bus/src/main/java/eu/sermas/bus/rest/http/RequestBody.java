package eu.sermas.bus.rest.http;

import eu.sermas.bus.http.Holding;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// The body of one request. Nothing of it is read before somebody asks for it, who has looked at
/// the head and knows how large it may be. Then it is taken from the share of whoever sends it, by
/// its declared length, or as it comes where it has none.
///
/// [#read] is for the thread that serves the request; all else happens on the event loop.
final class RequestBody {

    static final int UNKNOWN = -1;

    /// Where a body without a length begins.
    private static final int FIRST_STEP = 4 * 1_024;

    /// What every request is counted with anyway.
    private static final int COUNTED = 4 * 1_024;

    private static final byte[] EMPTY = {};

    /// What the connection does for it.
    interface Source {

        /// Lets the next bytes come. On the event loop.
        void wanted();
    }

    private record Reading(Holding holding, int max, CompletableFuture<byte[]> whole) {}

    private final long declared;
    private final Executor loop;
    private final Source source;

    private byte[] bytes = EMPTY;
    private int size;
    private boolean wanted;
    private boolean complete;
    private boolean gone;
    private @Nullable Reading reading;

    /// @param declared bytes, or [#UNKNOWN]
    RequestBody(long declared, Executor loop, Source source) {
        this.declared = declared;
        this.loop = loop;
        this.source = source;
    }

    /// Waits for all of it.
    ///
    /// @param holding where it is taken from; that is not given back
    /// @throws Refused where it is too large, there is no room for it, or it does not come
    byte[] read(Holding holding, int max) {
        if (declared == 0) {
            return EMPTY;
        }
        if (declared > max) {
            throw Refused.tooLarge();
        }
        CompletableFuture<byte[]> whole = new CompletableFuture<>();
        holding.awaits(() -> loop.execute(() -> fail(Refused.noRoom(false))));
        loop.execute(() -> begin(new Reading(holding, max, whole)));
        try {
            return whole.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Refused refused ? refused : e;
        } finally {
            holding.awaitsNoMore();
        }
    }

    private void begin(Reading asked) {
        reading = asked;
        int first = declared == UNKNOWN ? FIRST_STEP : Math.toIntExact(declared);
        if (gone) {
            fail(Refused.badRequest("body: cut off"));
        } else if (complete) {
            asked.whole().complete(EMPTY);
        } else if (first <= COUNTED || asked.holding().take(first)) {
            wanted = true;
            bytes = new byte[first];
            source.wanted();
        } else {
            fail(Refused.noRoom(asked.holding().isGreedy()));
        }
    }

    /// Whether the bytes that come now are of interest to anybody.
    boolean isAwaited() {
        return reading != null;
    }

    /// Whether somebody has asked for it.
    boolean isWanted() {
        return wanted;
    }

    /// Whether all of it has come.
    boolean isComplete() {
        return complete || declared == 0;
    }

    /// @return whether there is so little to come that it is better read than cut off
    boolean isSoonOver(int little) {
        return declared != UNKNOWN && declared <= little;
    }

    void append(ByteBuf content) {
        Reading asked = reading;
        int length = content.readableBytes();
        if (asked == null || length == 0) {
            return;
        }
        if (length > asked.max() - size) {
            fail(Refused.tooLarge());
        } else if (makeRoom(asked.holding(), size + length, asked.max())) {
            content.readBytes(bytes, size, length);
            size += length;
        } else {
            fail(Refused.noRoom(asked.holding().isGreedy()));
        }
    }

    private boolean makeRoom(Holding holding, int needed, int max) {
        if (needed <= bytes.length) {
            return true;
        }
        int larger = Math.min(max, Math.max(needed, 2 * bytes.length));
        if (!holding.take(larger)) {
            return false;
        }
        int before = bytes.length;
        bytes = Arrays.copyOf(bytes, larger);
        holding.giveBack(before <= COUNTED ? 0 : before);
        return true;
    }

    void end() {
        complete = true;
        Reading asked = reading;
        if (asked != null) {
            reading = null;
            byte[] whole = size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
            bytes = EMPTY;
            asked.whole().complete(whole);
        }
    }

    /// Nothing more comes.
    void cutOff(Refused why) {
        gone = true;
        fail(why);
    }

    private void fail(Refused why) {
        Reading asked = reading;
        if (asked != null) {
            reading = null;
            bytes = EMPTY;
            asked.whole().completeExceptionally(why);
        }
    }
}
