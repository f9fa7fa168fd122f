package eu.sermas.bus.config.setting;

import static eu.sermas.bus.config.setting.Kind.duration;
import static eu.sermas.bus.config.setting.Kind.integer;

import java.time.Duration;
import java.util.List;

/// The part of the table of [Settings] that says what becomes of clients that come again and again
/// with a token that is refused.
public final class LoginSettings {

    public static final Setting<Integer> PER_ADDRESS =
            Setting.of(
                    "limits.login.per-address",
                    integer(1, 1_000_000),
                    100,
                    "Wrong passwords and secrets that one address may send at once; one more is"
                            + " allowed every 600 ms.");
    public static final Setting<Integer> PER_IDENTITY =
            Setting.of(
                    "limits.login.per-identity",
                    integer(1, 1_000_000),
                    10,
                    "Wrong passwords and secrets for one user or client at once; one more is"
                            + " allowed every 6 s.");
    public static final Setting<Integer> DELAY =
            Setting.of(
                    "limits.login.delay",
                    integer(0, 60_000),
                    100,
                    "Milliseconds that the answer is delayed where an MQTT client is refused for the"
                            + " second time with the same token; twice as many for each further"
                            + " time. 0 for no delay.");
    public static final Setting<Duration> LONGEST_DELAY =
            Setting.of(
                    "limits.login.longest-delay",
                    duration(Duration.ofSeconds(1), Duration.ofMinutes(1)),
                    Duration.ofSeconds(5),
                    "Longest such delay; clients give up after 10 s and more. Six times as long after"
                            + " the last refusal it begins anew.");
    public static final Setting<Integer> DELAYED =
            Setting.of(
                    "limits.login.delayed",
                    integer(0, 10_000_000),
                    10_000,
                    "Connections that may wait for a delayed answer; further ones are answered at"
                            + " once.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL =
            List.of(PER_ADDRESS, PER_IDENTITY, DELAY, LONGEST_DELAY, DELAYED);

    private LoginSettings() {}
}
