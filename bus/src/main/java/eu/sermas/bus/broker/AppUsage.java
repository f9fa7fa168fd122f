package eu.sermas.bus.broker;

import eu.sermas.bus.broker.Quotas.Quota;
import eu.sermas.bus.broker.live.QuotaUse;
import eu.sermas.bus.metrics.Metrics;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What one app uses of its quota, on all event loops together. Only apps with a quota have one, so
/// nobody else touches what the loops share.
final class AppUsage {

    private final String appId;
    private final Quota quota;
    private final Metrics metrics;
    private final Rate messages;
    private final Rate bytes;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong retainedMessages = new AtomicLong();
    private final AtomicLong retainedBytes = new AtomicLong();

    AppUsage(String appId, Quota quota, Metrics metrics) {
        this.appId = appId;
        this.quota = quota;
        this.metrics = metrics;
        this.messages = new Rate(quota.messagesPerSecond());
        this.bytes = new Rate(quota.bytesPerSecond());
    }

    // --- connections

    /// What is wrong with one more connection, or null. Two loops that ask at the same time may
    /// both get the last place.
    @Nullable String refusesConnection() {
        return connections.get() < quota.connections()
                ? null
                : reached("connections", quota.connections() + " connections");
    }

    void connected() {
        connections.incrementAndGet();
    }

    void disconnected() {
        connections.decrementAndGet();
    }

    // --- messages

    /// What is wrong with one more message, or null.
    @Nullable String refusesMessage(long now) {
        if (!messages.isOpen(now)) {
            return reached("messages", quota.messagesPerSecond() + " messages per second");
        }
        return bytes.isOpen(now)
                ? null
                : reached("bytes", quota.bytesPerSecond() + " bytes per second");
    }

    /// A message is published, within the quota or on credit.
    ///
    /// @param content what it says, see [eu.sermas.bus.packet.Message#content]
    void published(long content, long now) {
        messages.take(1, now);
        bytes.take(content, now);
    }

    /// Whether publishers have to wait.
    boolean isExhausted(long now) {
        return !messages.isOpen(now) || !bytes.isOpen(now);
    }

    // --- retained messages

    /// What is wrong with retaining a message, or null.
    ///
    /// @param content what it says, see [eu.sermas.bus.packet.Message#content]
    /// @param before the same of the one that it replaces, or -1 for none
    @Nullable String refusesRetained(long content, long before) {
        if (before < 0 && retainedMessages.get() >= quota.retainedMessages()) {
            return reached("retained-messages", quota.retainedMessages() + " retained messages");
        }
        boolean more = content > Math.max(before, 0);
        return more && retainedBytes.get() + content - Math.max(before, 0) > quota.retainedBytes()
                ? reached("retained-bytes", quota.retainedBytes() + " bytes of retained messages")
                : null;
    }

    void retained(int messageCount, long content) {
        retainedMessages.addAndGet(messageCount);
        retainedBytes.addAndGet(content);
    }

    // --- for people

    List<QuotaUse> uses(long now) {
        return Stream.of(
                        use("connections", quota.connections(), connections.get()),
                        rate("messages-per-second", quota.messagesPerSecond(), messages, now),
                        rate("bytes-per-second", quota.bytesPerSecond(), bytes, now),
                        use("retained-messages", quota.retainedMessages(), retainedMessages.get()),
                        use("retained-bytes", quota.retainedBytes(), retainedBytes.get()))
                .filter(use -> use.limit() != Quota.UNLIMITED)
                .toList();
    }

    private static QuotaUse use(String name, long limit, long used) {
        return new QuotaUse(name, limit, used, used >= limit);
    }

    private static QuotaUse rate(String name, long limit, Rate rate, long now) {
        return new QuotaUse(name, limit, null, !rate.isOpen(now));
    }

    private String reached(String which, String limit) {
        metrics.quotaReached(appId, which);
        return "quota of app " + appId + ": " + limit;
    }
}
