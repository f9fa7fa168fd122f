package eu.sermas.bus.config.setting;

import static eu.sermas.bus.config.setting.Kind.GIB;
import static eu.sermas.bus.config.setting.Kind.KIB;
import static eu.sermas.bus.config.setting.Kind.MIB;
import static eu.sermas.bus.config.setting.Kind.bool;
import static eu.sermas.bus.config.setting.Kind.duration;
import static eu.sermas.bus.config.setting.Kind.integer;
import static eu.sermas.bus.config.setting.Kind.oneOf;
import static eu.sermas.bus.config.setting.Kind.size;

import java.time.Duration;
import java.util.List;

/// The part of the table of [Settings] that is about what one MQTT client may have and what is held
/// for it.
public final class LimitSettings {

    /// What a full queue of a session does with the next message.
    public enum QueuePolicy {
        REJECT_NEWEST,
        DROP_OLDEST
    }

    public static final Setting<Long> PACKET_SIZE =
            Setting.of(
                    "limits.packet-size",
                    size(KIB, 256 * MIB),
                    16 * MIB,
                    "Largest MQTT packet in either direction.");
    public static final Setting<Integer> RECEIVE_MAXIMUM =
            Setting.optional(
                    "limits.receive-maximum",
                    integer(1, 65_535),
                    "Messages of QoS 1 and 2 that one MQTT 5 client may have unacknowledged: it is"
                            + " told, and sent away with more (0x93). Without it nobody is told of"
                            + " any, and the next setting holds.");
    public static final Setting<Integer> UNACKNOWLEDGED =
            Setting.of(
                    "limits.unacknowledged",
                    integer(1, 1_000_000),
                    10_000,
                    "Messages of QoS 1 and 2 of one client that the bus has not acknowledged: while"
                            + " it has so many it is not read from, which no client can do wrong.");
    public static final Setting<Integer> TOPIC_ALIASES =
            Setting.of(
                    "limits.topic-aliases",
                    integer(0, 65_535),
                    64,
                    "Topic aliases of one connection, in each direction.");
    public static final Setting<Integer> SUBSCRIPTIONS_PER_PACKET =
            Setting.optional(
                    "limits.subscriptions.per-packet",
                    integer(1, 10_000),
                    "Topic filters in one SUBSCRIBE; without it as many as one session may have,"
                            + " since clients that come back ask for all of theirs at once.");
    public static final Setting<Integer> SUBSCRIPTIONS_PER_SESSION =
            Setting.of(
                    "limits.subscriptions.per-session",
                    integer(1, 1_000_000),
                    10_000,
                    "Topic filters of one session.");
    public static final Setting<Integer> QUEUE_MAX_MESSAGES =
            Setting.of(
                    "limits.queue.max-messages",
                    integer(1, 10_000_000),
                    10_000,
                    "Messages that wait for one session.");
    public static final Setting<Long> QUEUE_MAX_BYTES =
            Setting.of(
                    "limits.queue.max-bytes",
                    size(KIB, 64 * GIB),
                    64 * MIB,
                    "What waits for one session, with everything that holding it costs.");
    public static final Setting<Long> IN_FLIGHT_MAX_BYTES =
            Setting.of(
                    "limits.in-flight.max-bytes",
                    size(KIB, 64 * GIB),
                    16 * MIB,
                    "What one client may have unacknowledged, counted in the same way; the next"
                            + " messages wait until it has less. One message is always sent.");
    public static final Setting<Boolean> QUEUE_QOS_0 =
            Setting.of(
                    "limits.queue.qos0",
                    bool(),
                    false,
                    "Whether messages of QoS 0 wait for a session without a connection too; they"
                            + " are the first to go where the queue is full.");
    public static final Setting<QueuePolicy> QUEUE_POLICY =
            Setting.of(
                    "limits.queue.policy",
                    oneOf(QueuePolicy.class),
                    QueuePolicy.REJECT_NEWEST,
                    "What a full queue does: refuse the new message, which MQTT 5 publishers are told"
                            + " (0x97), or let go of its oldest one.");
    public static final Setting<Duration> SESSION_EXPIRY =
            Setting.of(
                    "limits.session-expiry",
                    duration(Duration.ZERO, Duration.ofDays(365)),
                    Duration.ofDays(7),
                    "Longest time that a session outlives its connection.");
    public static final Setting<Duration> KEEP_ALIVE =
            Setting.of(
                    "limits.keep-alive",
                    duration(Duration.ofSeconds(1), Duration.ofSeconds(65_535)),
                    Duration.ofHours(1),
                    "Longest keep-alive; a client that asks for more, or for none, is given this.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL =
            List.of(
                    PACKET_SIZE,
                    RECEIVE_MAXIMUM,
                    UNACKNOWLEDGED,
                    TOPIC_ALIASES,
                    SUBSCRIPTIONS_PER_PACKET,
                    SUBSCRIPTIONS_PER_SESSION,
                    QUEUE_MAX_MESSAGES,
                    QUEUE_MAX_BYTES,
                    IN_FLIGHT_MAX_BYTES,
                    QUEUE_QOS_0,
                    QUEUE_POLICY,
                    SESSION_EXPIRY,
                    KEEP_ALIVE);

    private LimitSettings() {}
}
