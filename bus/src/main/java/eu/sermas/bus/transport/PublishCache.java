package eu.sermas.bus.transport;

import eu.sermas.bus.codec.EncodedPublish;
import eu.sermas.bus.codec.PublishEncoder;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The last message that one loop has encoded, in each variant that a receiver asked for, so that a
/// fan-out encodes once per variant and loop. A message goes to all its receivers of a loop in one
/// run, so one message is enough. Owned by its loop, emptied at the end of each turn.
final class PublishCache {

    private static final int[] NO_SUBSCRIPTION_IDS = {};

    private record Variant(
            boolean mqtt5, QoS qos, boolean retain, long seconds, EncodedPublish encoded) {}

    private final List<Variant> variants = new ArrayList<>();
    private @Nullable Message message;
    private @Nullable ByteBuf payload;

    /// The message without subscription identifiers and topic alias.
    EncodedPublish encoded(
            Message wanted, ProtocolVersion version, QoS qos, boolean retain, long now) {
        moveTo(wanted);
        boolean expires = version.isMqtt5() && wanted.expiresAt() != Message.NEVER;
        long seconds = expires ? wanted.remainingSeconds(now) : 0;
        for (int i = 0; i < variants.size(); i++) {
            Variant variant = variants.get(i);
            if (variant.mqtt5 == version.isMqtt5()
                    && variant.qos == qos
                    && variant.retain == retain
                    && variant.seconds == seconds) {
                return variant.encoded;
            }
        }
        EncodedPublish encoded =
                PublishEncoder.encode(wanted, version, qos, retain, NO_SUBSCRIPTION_IDS, now);
        variants.add(new Variant(version.isMqtt5(), qos, retain, seconds, encoded));
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
        variants.clear();
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
