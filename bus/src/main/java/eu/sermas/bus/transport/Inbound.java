package eu.sermas.bus.transport;

import eu.sermas.bus.codec.MalformedPacketException;
import eu.sermas.bus.codec.PacketDecoder;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.PacketType;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.Publish;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The bytes of one connection that are not decoded yet, and their decoder; handed from phase to
/// phase. Mostly a read holds whole packets and is decoded in place; only a packet that is not all
/// there is gathered.
///
/// What is gathered in grows with what has come, never with what was announced. But room for all
/// that was announced is asked for first, so that a packet that may begin can also end. A message
/// that will be refused is not gathered: its bytes are passed over, and what is handed out when it
/// has ended is its head.
///
/// Owned by the loop of the connection.
final class Inbound {

    private static final int SMALLEST = 64;

    private final PacketDecoder decoder;
    private final ByteBufAllocator allocator;

    // Until the login, and then until the end of the connection.
    private InputAllowance allowance;
    private Predicate<Publish> refuses = _ -> false;

    /// What was read and is not looked at yet.
    private @Nullable ByteBuf unread;

    private long received;

    // The packet that has begun and is not all there, from its first byte on.
    private @Nullable ByteBuf begun;
    private int size;
    private long begunAt;
    private boolean judged;
    private boolean waiting;

    // The message that is passed over.
    private @Nullable Publish refused;
    private int left;

    Inbound(PacketDecoder decoder, ByteBufAllocator allocator, InputAllowance allowance) {
        this.decoder = decoder;
        this.allocator = allocator;
        this.allowance = allowance;
    }

    /// Lets whoever has logged in answer for what comes from now on.
    ///
    /// @param refuses looks at a message of which everything but the payload is there, and says
    ///   whether it will be refused whatever that is
    /// @param topicRoom see [PacketDecoder#topicRoom]
    void loggedIn(
            InputAllowance allowance,
            Predicate<Publish> refuses,
            int maxPacketSize,
            IntPredicate topicRoom) {
        this.allowance.close();
        this.allowance = allowance;
        this.refuses = refuses;
        decoder.maxPacketSize(maxPacketSize);
        decoder.topicRoom(topicRoom);
    }

    /// Takes over the buffer.
    void append(ByteBuf more) {
        ByteBuf before = unread;
        received += more.readableBytes();
        unread = before == null ? more : joined(before, more);
    }

    /// Bytes of this connection so far.
    long received() {
        return received;
    }

    private ByteBuf joined(ByteBuf before, ByteBuf more) {
        ByteBuf both = allocator.buffer(before.readableBytes() + more.readableBytes());
        both.writeBytes(before).writeBytes(more);
        before.release();
        more.release();
        return both;
    }

    /// @return the next packet; for a message that is refused, its head when it has ended; null
    ///   while it is not all there, or there is no room for it
    /// @throws InputRefused where there will be no room for it either
    @Nullable Packet next() throws MalformedPacketException, InputRefused {
        if (begun == null && refused == null) {
            ByteBuf in = unread;
            if (in == null) {
                return null;
            }
            Packet packet = decoder.decode(in);
            if (packet != null || !begin(in)) {
                return packet;
            }
        }
        Packet packet = refused == null ? goOn() : null;
        return refused == null ? packet : passOver(refused);
    }

    /// @return false where nothing is there
    private boolean begin(ByteBuf in) {
        unread = null;
        int rest = in.readableBytes();
        if (rest == 0) {
            in.release();
            return false;
        }
        size = decoder.announced();
        begunAt = System.nanoTime();
        judged = size <= allowance.free() || PacketType.ofCode(code(in)) != PacketType.PUBLISH;
        if (in.capacity() <= 2 * rest) {
            begun = in;
        } else { // A few bytes must not hold a whole read buffer.
            begun = allocator.buffer(roomFor(rest, rest)).writeBytes(in);
            in.release();
        }
        return true;
    }

    private static int code(ByteBuf packet) {
        return packet.getUnsignedByte(packet.readerIndex()) >> 4;
    }

    private @Nullable Packet goOn() throws MalformedPacketException, InputRefused {
        while (true) {
            int wanted = wanted();
            if (refused != null || !hasRoom(wanted) || !gather(wanted)) {
                return null;
            }
            if (size == 0 || wanted == size) {
                ByteBuf in = gathered();
                Packet packet = decoder.decode(in);
                if (packet != null) {
                    end();
                    return packet;
                }
                size = decoder.announced();
                judged =
                        size <= allowance.free()
                                || PacketType.ofCode(code(in)) != PacketType.PUBLISH;
            }
        }
    }

    /// The bytes of this packet that are needed to go on with it: its length, then the head of a
    /// message, then everything.
    private int wanted() throws MalformedPacketException {
        ByteBuf in = gathered();
        if (size == 0) {
            return in.readableBytes() + 1;
        }
        if (judged) {
            return size;
        }
        int head = decoder.headSize(in, size);
        if (in.readableBytes() < head) {
            return head;
        }
        judged = true;
        Publish publish = decoder.head(in, size);
        if (refuses.test(publish)) {
            left = size - in.readableBytes();
            end();
            refused = publish;
        }
        return size;
    }

    private boolean hasRoom(int wanted) throws InputRefused {
        if (wanted <= allowance.free()) {
            return true;
        }
        InputAllowance.Answer answer = allowance.take(wanted);
        waiting = answer == InputAllowance.Answer.LATER;
        if (answer == InputAllowance.Answer.NEVER
                || (waiting && !allowance.takeWaiting(gathered().capacity()))) {
            throw new InputRefused(
                    "packet: %d bytes, which are not all there (expected: at most %d of all such packets)"
                            .formatted(size, allowance.most()));
        }
        return !waiting;
    }

    private boolean gather(int wanted) {
        ByteBuf into = gathered();
        ByteBuf in = unread;
        int missing = wanted - into.readableBytes();
        if (in != null && missing > 0) {
            int more = Math.min(missing, in.readableBytes());
            into = withRoom(into, more);
            into.writeBytes(in, more);
            releaseIfRead(in);
        }
        return into.readableBytes() >= wanted;
    }

    private ByteBuf withRoom(ByteBuf into, int more) {
        if (into.writableBytes() >= more) {
            return into;
        }
        int there = into.readableBytes();
        ByteBuf larger = allocator.buffer(roomFor(there + more, 2 * there)).writeBytes(into);
        into.release();
        begun = larger;
        return larger;
    }

    /// A small packet gets its room at once, a large one twice as much each time.
    private int roomFor(int needed, int generous) {
        int most = size == 0 ? SMALLEST : size;
        int wished = most <= allowance.free() ? most : generous;
        return Math.max(needed, Math.min(wished, most));
    }

    private void releaseIfRead(ByteBuf in) {
        if (!in.isReadable()) {
            in.release();
            unread = null;
        }
    }

    private ByteBuf gathered() {
        ByteBuf in = begun;
        if (in == null) {
            throw new IllegalStateException("no packet has begun");
        }
        return in;
    }

    private void end() {
        gathered().release();
        begun = null;
        waiting = false;
        allowance.giveBack();
    }

    private @Nullable Packet passOver(Publish head) {
        ByteBuf in = unread;
        if (in != null) {
            int some = Math.min(left, in.readableBytes());
            in.skipBytes(some);
            left -= some;
            releaseIfRead(in);
        }
        if (left > 0) {
            return null;
        }
        refused = null;
        return head;
    }

    /// Counts what was read and is kept for later as not decoded.
    ///
    /// @throws InputRefused where there is no room for it
    void keep() throws InputRefused {
        ByteBuf in = unread;
        if (in != null
                && in.capacity() > allowance.free()
                && allowance.take(in.capacity()) != InputAllowance.Answer.TAKEN) {
            throw new InputRefused(
                    "bytes behind CONNECT: %d (expected at once: at most %d)"
                            .formatted(in.readableBytes(), allowance.most()));
        }
    }

    /// Whether there is a packet that has begun and not ended.
    boolean isUnfinished() {
        return begun != null || refused != null;
    }

    /// When it has begun, by [System#nanoTime].
    long begunAt() {
        return begunAt;
    }

    /// Bytes of it that have come.
    int arrived() {
        ByteBuf in = begun;
        return in == null ? size - left : in.readableBytes();
    }

    /// Whether it needs more than others leave.
    boolean isWaiting() {
        return waiting;
    }

    /// The version of CONNECT, null where none was read.
    @Nullable ProtocolVersion version() {
        return decoder.version();
    }

    /// Lets go of everything.
    void release() {
        ByteBuf in = unread;
        unread = null;
        if (in != null) {
            in.release();
        }
        if (begun != null) {
            end();
        }
        refused = null;
        allowance.close();
    }
}
