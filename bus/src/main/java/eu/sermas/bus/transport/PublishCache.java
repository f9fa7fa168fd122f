package eu.sermas.bus.transport;

import eu.sermas.bus.codec.EncodedPublish;
import eu.sermas.bus.codec.PublishEncoder;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The last message that one loop has encoded, in each variant that a receiver asked for, so that a
/// fan-out encodes once per variant and loop. A message goes to all its receivers of a loop in one
/// run, so one message is enough. Owned by its loop, emptied at the end of each turn.
final class PublishCache {

    private static final int[] NO_SUBSCRIPTION_IDS = {};

    /// Receivers of one message differ in 3 or 5, QoS and RETAIN, and with luck in a second of its
    /// remaining expiry. Should there be more variants, each takes the last place.
    private static final int MAX_VARIANTS = 16;

    private final long[] keys = new long[MAX_VARIANTS];
    private final @Nullable EncodedPublish[] variants = new EncodedPublish[MAX_VARIANTS];
    private int count;
    private @Nullable Message message;
    private @Nullable ByteBuf payload;

    /// The message without subscription identifiers and topic alias.
    EncodedPublish encoded(
            Message wanted, ProtocolVersion version, QoS qos, boolean retain, long now) {
        moveTo(wanted);
        boolean expires = version.isMqtt5() && wanted.expiresAt() != Message.NEVER;
        long seconds = expires ? wanted.remainingSeconds(now) : 0;
        long key =
                seconds << 4
                        | (retain ? 0b1000 : 0)
                        | qos.value() << 1
                        | (version.isMqtt5() ? 1 : 0);
        for (int i = 0; i < count; i++) {
            EncodedPublish known = variants[i];
            if (keys[i] == key && known != null) {
                return known;
            }
        }
        EncodedPublish encoded =
                PublishEncoder.encode(wanted, version, qos, retain, NO_SUBSCRIPTION_IDS, now);
        int place = Math.min(count, MAX_VARIANTS - 1);
        keys[place] = key;
        variants[place] = encoded;
        count = place + 1;
        return encoded;
    }

    /// The payload in memory that a socket writes from without another copy. The caller gets a
    /// reference of its own.
    ByteBuf payload(Message wanted, ByteBufAllocator allocator) {
        moveTo(wanted);
        ByteBuf shared = payload;
        if (shared == null) {
            byte[] bytes = wanted.payload();
            shared = allocator.directBuffer(bytes.length).writeBytes(bytes);
            payload = shared;
        }
        return shared.retainedDuplicate();
    }

    void clear() {
        message = null;
        Arrays.fill(variants, 0, count, null);
        count = 0;
        ByteBuf shared = payload;
        payload = null;
        if (shared != null) {
            shared.release();
        }
    }

    @SuppressWarnings("ReferenceEquality") // the same message, not an equal one
    private void moveTo(Message wanted) {
        if (message != wanted) {
            clear();
            message = wanted;
        }
    }
}
