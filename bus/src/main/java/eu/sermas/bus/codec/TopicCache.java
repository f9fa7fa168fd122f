package eu.sermas.bus.codec;

import eu.sermas.bus.packet.Topic;
import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// The topics that one connection published to of late, found by their bytes. A client publishes to
/// few topics again and again, so that most PUBLISH packets need no new string, no check of UTF-8
/// and no split into levels.
///
/// Direct-mapped: one place per hash, the newer topic takes it. The bytes are compared in full, so
/// a collision costs time and never gives a wrong topic; a client that makes collisions on purpose
/// slows down nobody but itself. The table is small at first and grows while topics push each other
/// out. A miss only costs what every PUBLISH would cost without the cache.
final class TopicCache {

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int MIN_ENTRIES = 16;
    private static final int MAX_ENTRIES = 256;

    /// Longer topics are rare, and would let one connection hold much memory.
    private static final int MAX_BYTES = 512;

    /// What the topics of one connection may take of the heap: about a hundred usual ones.
    private static final int MAX_COST = 48 * 1024;

    private @Nullable Topic[] table = new Topic[MIN_ENTRIES];
    private byte[] scratch = new byte[64];
    private final IntPredicate room;
    private @Nullable Topic last;
    private int displaced;
    private int cost;

    /// @param room asked for so many bytes more, or told of so many less, which is below 0
    TopicCache(IntPredicate room) {
        this.room = room;
    }

    Topic find(ByteBuf buffer, int index, int length) throws MalformedPacketException {
        if (length > MAX_BYTES) {
            byte[] bytes = new byte[length];
            buffer.getBytes(index, bytes);
            return Names.topic(bytes, "topic name");
        }
        if (length > scratch.length) {
            scratch = new byte[Math.min(MAX_BYTES, 2 * length)];
        }
        byte[] bytes = scratch;
        buffer.getBytes(index, bytes, 0, length);
        if (last != null && isWritten(last, bytes, length)) {
            return last;
        }
        last = lookUp(bytes, length);
        return last;
    }

    private Topic lookUp(byte[] bytes, int length) throws MalformedPacketException {
        int hash = hash(bytes, length);
        Topic known = table[hash & (table.length - 1)];
        if (known != null && isWritten(known, bytes, length)) {
            return known;
        }
        Topic topic = Names.topic(Arrays.copyOf(bytes, length), "topic name");
        keep(topic, hash);
        return topic;
    }

    private static boolean isWritten(Topic topic, byte[] bytes, int length) {
        return Arrays.equals(topic.utf8(), 0, topic.utf8().length, bytes, 0, length);
    }

    private void keep(Topic topic, int hash) {
        Topic before = table[hash & (table.length - 1)];
        int more = topic.cost() - (before == null ? 0 : before.cost());
        if (cost + more > MAX_COST || !room.test(more)) {
            return;
        }
        if (before != null && ++displaced > table.length && table.length < MAX_ENTRIES) {
            table = new Topic[2 * table.length];
            displaced = 0;
            var _ = room.test(topic.cost() - cost - more);
            cost = 0;
            more = topic.cost();
        }
        cost += more;
        table[hash & (table.length - 1)] = topic;
    }

    private static int hash(byte[] bytes, int length) {
        long hash = length;
        int i = 0;
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            hash = mix(hash ^ (long) LONGS.get(bytes, i));
        }
        for (; i < length; i++) {
            hash = hash * 31 + bytes[i];
        }
        return (int) mix(hash);
    }

    private static long mix(long value) {
        long product = value * 0x9E37_79B9_7F4A_7C15L;
        return product ^ (product >>> 32);
    }
}
