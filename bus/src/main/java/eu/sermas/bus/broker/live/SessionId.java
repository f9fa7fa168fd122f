package eu.sermas.bus.broker.live;

import java.security.SecureRandom;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Names a session for as long as it and the process last. What it is kept under, principal and
/// client identifier, may be longer than a request over HTTP.
///
/// @param loop the event loop that owns it
/// @param number its place in the order in which the sessions of that loop were made; as a place to
///   go on behind, also one that nobody has any more
public record SessionId(int loop, long number) implements Comparable<SessionId> {

    private static final int RADIX = 36;
    private static final Pattern TEXT =
            Pattern.compile("([0-9a-z]{1,6})-([0-9a-z]{1,12})-([0-9a-z]{1,13})");
    private static final Comparator<SessionId> ORDER =
            Comparator.comparingInt(SessionId::loop).thenComparingLong(SessionId::number);

    /// Numbers begin anew with each process; one of another must not name a session of this one.
    private static final String PROCESS = Long.toString(new SecureRandom().nextLong() >>> 1, RADIX);

    /// @return null where it is none, or one of another process
    public static @Nullable SessionId of(String text) {
        Matcher parts = TEXT.matcher(text);
        return parts.matches() && parts.group(3).equals(PROCESS)
                ? new SessionId(
                        Integer.parseInt(parts.group(1), RADIX),
                        Long.parseLong(parts.group(2), RADIX))
                : null;
    }

    @Override
    public int compareTo(SessionId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return Integer.toString(loop, RADIX) + "-" + Long.toString(number, RADIX) + "-" + PROCESS;
    }
}
