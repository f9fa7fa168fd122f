package eu.sermas.bus.config.setting;

import static eu.sermas.bus.config.setting.Kind.MIB;
import static eu.sermas.bus.config.setting.Kind.TIB;
import static eu.sermas.bus.config.setting.Kind.integer;
import static eu.sermas.bus.config.setting.Kind.size;
import static eu.sermas.bus.config.setting.Setting.optional;

import java.util.List;

/// The part of the table of [Settings] that says how much memory, or disk, each kind of content may
/// take, for all apps together. Without a value it follows from what the process has.
public final class MemorySettings {

    public static final Setting<Long> HELD =
            of(
                    "limits.queue.total-bytes",
                    "Messages that wait for all sessions, or are in flight to them, with everything"
                            + " that holding them costs; 35 % of the heap without it. Publishers are"
                            + " slowed at three quarters. What waits behind the first messages of a"
                            + " session that outlives its connection is on disk only.");
    public static final Setting<Long> DISK =
            of(
                    "limits.queue.disk-bytes",
                    "Messages that wait and are on disk only, each as often as it waits; half of the"
                            + " file system of the data directory without it.");
    public static final Setting<Long> SESSIONS =
            of(
                    "limits.sessions.total-bytes",
                    "Sessions with their subscriptions, whether a client is connected or not; 15 % of"
                            + " the heap without it.");
    public static final Setting<Long> RETAINED =
            of(
                    "limits.retained.total-bytes",
                    "Retained messages, with everything that holding them costs; 12 % of the heap"
                            + " without it.");
    public static final Setting<Long> REGISTRY =
            of(
                    "limits.registry.total-bytes",
                    "Apps, modules, clients and users with all that is configured for them (five"
                            + " eighths), refresh tokens (two) and revocations (one); 6 % of the heap"
                            + " without it.");
    public static final Setting<Long> RECORDS =
            of(
                    "limits.records.total-bytes",
                    "Records that REST keeps for apps: sessions, storage, markers, agents, monitoring;"
                            + " 4 % of the heap without it.");
    public static final Setting<Long> STREAMS =
            of(
                    "limits.http-stream.total-bytes",
                    "Events that streams over HTTP keep for their readers; 5 % of the heap without"
                            + " it.");
    public static final Setting<Long> BODIES =
            of(
                    "limits.http-body.total-bytes",
                    "Bodies of requests over HTTP that are being read or worked on, with what becomes"
                            + " of them in memory, and their answers until they are taken; 8 % of the heap"
                            + " without it. An eighth of it is for requests without a valid token, shared"
                            + " among addresses.");
    public static final Setting<Long> INPUT =
            of(
                    "limits.input.total-bytes",
                    "MQTT packets that have begun and are not all there; half of the memory outside of"
                            + " the heap without it.");
    public static final Setting<Long> OUTPUT =
            of(
                    "limits.output.total-bytes",
                    "What waits to be written to MQTT clients; a quarter of the memory outside of the"
                            + " heap without it. From about half of it on, clients who have more than"
                            + " 16 KiB waiting get no more before that is written: QoS 0 to them is"
                            + " dropped, and other messages wait in their queues.");
    public static final Setting<Integer> GUARANTEED_APPS =
            Setting.of(
                    "limits.guaranteed-apps",
                    integer(1, 1_000_000),
                    16,
                    "How many apps have a share of each of these totals that nobody else can take: half"
                            + " of the total is divided among them and the administrators, the other"
                            + " half is first come, first served.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL =
            List.of(
                    HELD,
                    DISK,
                    SESSIONS,
                    RETAINED,
                    REGISTRY,
                    RECORDS,
                    STREAMS,
                    BODIES,
                    INPUT,
                    OUTPUT,
                    GUARANTEED_APPS);

    private MemorySettings() {}

    private static Setting<Long> of(String key, String description) {
        return optional(key, size(MIB, TIB), description);
    }
}
