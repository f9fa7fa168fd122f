package eu.sermas.bus.transport;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One line for each connection that is refused, up to a number per second, so that nobody fills
/// the disk by being refused. Never names the user name, which is a token.
final class RefusalLog {

    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
    private static final int LINES_PER_SECOND = 20;
    private static final int LONGEST_ID = 64;

    private final AtomicLong second = new AtomicLong();
    private final AtomicInteger lines = new AtomicInteger();

    void refused(Object address, @Nullable String clientId, String reason) {
        if (!LOG.isInfoEnabled()) {
            return;
        }
        long now = System.nanoTime() / 1_000_000_000L;
        long before = second.get();
        if (now != before && second.compareAndSet(before, now)) {
            int suppressed = lines.getAndSet(0) - LINES_PER_SECOND;
            if (suppressed > 0) {
                LOG.info("{} more connections refused", suppressed);
            }
        }
        if (lines.incrementAndGet() <= LINES_PER_SECOND) {
            LOG.info("refused {} client '{}': {}", address, printable(clientId), reason);
        }
    }

    /// Bounded, and in one line whatever the client wrote.
    static String printable(@Nullable String clientId) {
        if (clientId == null) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        clientId.codePoints()
                .limit(LONGEST_ID)
                .forEach(
                        c -> {
                            if (isPlain(c)) {
                                text.appendCodePoint(c);
                            } else {
                                text.append("\\u{").append(Integer.toHexString(c)).append('}');
                            }
                        });
        return clientId.length() > text.length() && text.length() >= LONGEST_ID
                ? text.append("...").toString()
                : text.toString();
    }

    private static boolean isPlain(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED ->
                    false;
            default -> true;
        };
    }
}
