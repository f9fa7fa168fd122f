package eu.sermas.bus.transport;

import eu.sermas.bus.codec.EncodedPublish;
import eu.sermas.bus.codec.PublishEncoder;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/// The last message that one loop has encoded, in each variant that a receiver asked for, so that a
/// fan-out encodes once per variant and loop. A message goes to all its receivers of a loop in one
/// run, so one message is enough. Owned by its loop, emptied at the end of each turn.
///
/// Where each message has one receiver the cache is of no use, so it must cost little: a new
/// message is one reference written to this long-lived object, each of which has its price with the
/// collector.
final class PublishCache {

    private static final int[] NO_SUBSCRIPTION_IDS = {};

    /// Receivers of one message differ in 3 or 5, QoS and RETAIN, and with luck in a second of its
    /// remaining expiry. Should there be more variants, the oldest are forgotten.
    private static final int MAX_VARIANTS = 16;

    /// @param before the variant of the same message that was encoded before, or null
    /// @param count of variants, with this one
    private record Variant(
            Message message,
            long key,
            EncodedPublish encoded,
            @Nullable Variant before,
            int count) {}

    private @Nullable Variant last;

    // Of large messages alone.
    private @Nullable Message shared;
    private @Nullable SharedPayload payload;

    /// The message without subscription identifiers and topic alias.
    @SuppressWarnings("ReferenceEquality") // the same message, not an equal one
    EncodedPublish encoded(
            Message wanted, ProtocolVersion version, QoS qos, boolean retain, long now) {
        boolean expires = version.isMqtt5() && wanted.expiresAt() != Message.NEVER;
        long seconds = expires ? wanted.remainingSeconds(now) : 0;
        long key =
                seconds << 4
                        | (retain ? 0b1000 : 0)
                        | qos.value() << 1
                        | (version.isMqtt5() ? 1 : 0);
        Variant before = last;
        if (before != null && before.message != wanted) {
            before = null;
        }
        for (Variant known = before; known != null; known = known.before) {
            if (known.key == key) {
                return known.encoded;
            }
        }
        EncodedPublish encoded =
                PublishEncoder.encode(wanted, version, qos, retain, NO_SUBSCRIPTION_IDS, now);
        if (before != null && before.count == MAX_VARIANTS) {
            before = null;
        }
        last = new Variant(wanted, key, encoded, before, before == null ? 1 : before.count + 1);
        return encoded;
    }

    /// The payload in memory that sockets write from without another copy.
    ///
    /// @param purse by which it counts where it is not there already
    @SuppressWarnings("ReferenceEquality") // the same message, not an equal one
    SharedPayload payload(Message wanted, ByteBufAllocator allocator, OutputPurse purse) {
        SharedPayload current = payload;
        if (current == null || shared != wanted) {
            release();
            byte[] bytes = wanted.payload();
            ByteBuf copy = allocator.directBuffer(bytes.length).writeBytes(bytes);
            current = new SharedPayload(copy, purse);
            payload = current;
            shared = wanted;
        }
        return current;
    }

    void clear() {
        last = null;
        release();
    }

    private void release() {
        SharedPayload current = payload;
        if (current != null) {
            payload = null;
            shared = null;
            current.close();
        }
    }
}
