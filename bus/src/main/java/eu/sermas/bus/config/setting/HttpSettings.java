package eu.sermas.bus.config.setting;

import static eu.sermas.bus.config.setting.Kind.GIB;
import static eu.sermas.bus.config.setting.Kind.KIB;
import static eu.sermas.bus.config.setting.Kind.MIB;
import static eu.sermas.bus.config.setting.Kind.duration;
import static eu.sermas.bus.config.setting.Kind.integer;
import static eu.sermas.bus.config.setting.Kind.size;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/// The part of the table of [Settings] that is about requests and event streams over HTTP.
public final class HttpSettings {

    public static final Setting<Long> BODY =
            Setting.of(
                    "limits.http-body",
                    size(KIB, 256 * MIB),
                    16 * MIB,
                    "Largest body of a REST request.");
    public static final Setting<Integer> STREAMS =
            Setting.of(
                    "limits.http-streams",
                    integer(1, 1_000),
                    20,
                    "Event streams of one client or user over HTTP at once, and as many requests"
                            + " that wait for an answer.");
    public static final Setting<Integer> STREAM_EVENTS =
            Setting.of(
                    "limits.http-stream.events",
                    integer(1, 1_000_000),
                    1_000,
                    "Events that one stream keeps for a slow reader, or one that comes back.");
    public static final Setting<Long> STREAM_BYTES =
            Setting.of(
                    "limits.http-stream.bytes",
                    size(KIB, GIB),
                    16 * MIB,
                    "Bytes that one stream keeps; a larger message is left out of it.");
    public static final Setting<Duration> STREAM_RESUME =
            Setting.of(
                    "limits.http-stream.resume",
                    duration(Duration.ZERO, Duration.ofHours(1)),
                    Duration.ofSeconds(60),
                    "How long a stream waits for its reader to come back with `Last-Event-ID`.");
    public static final Setting<Duration> REQUEST_WAIT =
            Setting.of(
                    "limits.http-request-wait",
                    duration(Duration.ofSeconds(1), Duration.ofMinutes(10)),
                    Duration.ofSeconds(60),
                    "Longest time that a request over HTTP may wait for an answer.");

    public static final Setting<Set<String>> ORIGINS =
            Setting.of(
                    "http.allowed-origins",
                    OriginRules.KIND,
                    Set.of(),
                    "Pages of others that may use REST and WebSockets from a browser. Without it"
                            + " those of every origin may that show a token; where a certificate is"
                            + " the login, or none is asked for, those of the bus alone.");

    public static final Setting<Duration> IDLE =
            Setting.of(
                    "http.idle-timeout",
                    duration(Duration.ofSeconds(1), Duration.ofHours(1)),
                    Duration.ofSeconds(75),
                    "How long a connection is kept for the next request. Behind a proxy longer than"
                            + " the proxy keeps its own, mostly 60 s: else it may send a request"
                            + " just as the bus closes, and answer 502.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL =
            List.of(
                    ORIGINS,
                    IDLE,
                    BODY,
                    STREAMS,
                    STREAM_EVENTS,
                    STREAM_BYTES,
                    STREAM_RESUME,
                    REQUEST_WAIT);

    private HttpSettings() {}
}
