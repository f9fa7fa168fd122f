package eu.sermas.bus.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What time it is, in two meanings.
///
/// **[#now] is the time of the bus**, by which everything falls due: keep-alives, ends of sessions
/// and logins, delays of wills, lifetimes of messages, throttles. It goes on by one second in each
/// second, whatever becomes of the clock of the machine: somebody sets it, or it was wrong until a
/// time server was found. It is counted in milliseconds like those since the epoch, and is on disk
/// with everything that has a deadline; the next process goes on where the last one was, so what
/// was written by any of them can be compared.
///
/// **[#world] is what others call the time**: for what they read (stamps, logs), and for what they
/// say of it (when a token was issued and ends). It may jump. What is to end at a moment of the
/// world gets its deadline here, by [#deadline], when it begins.
///
/// While no process runs, only the world has a clock. What it says then is believed within bounds:
/// where it went back, no time has passed, and more than [#LONGEST_AWAY] at once never does.
///
/// From any thread.
public final class BusClock {

    /// A clock that says more of the time between two processes is wrong, or nothing is lost by
    /// taking it so.
    public static final Duration LONGEST_AWAY = Duration.ofDays(30);

    /// A time server sets a clock back by so much without anybody having to know.
    private static final Duration USUAL_STEP = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(BusClock.class);

    /// One moment on both clocks, as a process leaves it for the next.
    ///
    /// @param time of the bus
    /// @param world milliseconds since the epoch
    public record Moment(long time, long world) {

        /// What the world called a time of the bus, as of this moment.
        public long inWorld(long timeOfBus) {
            return timeOfBus + world - time;
        }
    }

    private final LongSupplier world;
    private final LongSupplier steady;
    private final long offset;

    private BusClock(LongSupplier world, LongSupplier steady, @Nullable Moment last) {
        this.world = world;
        this.steady = steady;
        long begun = world.getAsLong();
        this.offset = (last == null ? begun : timeAfter(last, begun)) - steady.getAsLong();
    }

    private static long timeAfter(Moment last, long begun) {
        Duration away = Duration.ofMillis(begun - last.world);
        Duration counted =
                away.isNegative()
                        ? Duration.ZERO
                        : away.compareTo(LONGEST_AWAY) > 0 ? LONGEST_AWAY : away;
        if (away.plus(USUAL_STEP).isNegative() || away.compareTo(LONGEST_AWAY) > 0) {
            LOG.warn(
                    "the clock says that the bus was away for {} (expected: 0 to {}); counted: {}",
                    away,
                    LONGEST_AWAY,
                    counted);
        }
        return last.time + counted.toMillis();
    }

    /// That of the machine.
    ///
    /// @param last as the last process left it, or null where there was none
    public static BusClock ofSystem(@Nullable Moment last) {
        long start = System.nanoTime();
        return new BusClock(
                System::currentTimeMillis, () -> (System.nanoTime() - start) / 1_000_000, last);
    }

    /// One that is made of others.
    ///
    /// @param world milliseconds since the epoch
    /// @param steady milliseconds since any moment; never jumps
    public static BusClock of(LongSupplier world, LongSupplier steady, @Nullable Moment last) {
        return new BusClock(world, steady, last);
    }

    /// Milliseconds of the time of the bus.
    public long now() {
        return steady.getAsLong() + offset;
    }

    /// The time of the bus for those who count in instants: only the time between two of them means
    /// anything.
    public InstantSource steady() {
        return () -> Instant.ofEpochMilli(now());
    }

    /// What others call the time.
    public InstantSource world() {
        return () -> Instant.ofEpochMilli(world.getAsLong());
    }

    /// This moment on both clocks.
    public Moment moment() {
        return new Moment(now(), world.getAsLong());
    }

    /// When a moment of the world will have come, if nobody sets its clock meanwhile.
    ///
    /// @param moment milliseconds since the epoch, `Long.MAX_VALUE` for never
    /// @return in milliseconds of the time of the bus
    public long deadline(long moment) {
        return moment == Long.MAX_VALUE ? moment : now() + moment - world.getAsLong();
    }
}
