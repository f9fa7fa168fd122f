package eu.sermas.bus.config.setting;

import static eu.sermas.bus.config.setting.Kind.GIB;
import static eu.sermas.bus.config.setting.Kind.KIB;
import static eu.sermas.bus.config.setting.Kind.integer;
import static eu.sermas.bus.config.setting.Kind.size;
import static eu.sermas.bus.config.setting.Setting.optional;

import eu.sermas.bus.broker.Quotas.Quota;
import java.util.List;
import java.util.Map;

/// The part of the table of [Settings] that says what an app may use.
public final class QuotaSettings {

    public static final Setting<Integer> CONNECTIONS =
            optional(
                    "quota.connections",
                    integer(1, 10_000_000),
                    "Connections that the clients of one app may have; none is the limit"
                            + " without it.");
    public static final Setting<Integer> MESSAGES =
            optional(
                    "quota.messages-per-second",
                    integer(1, 100_000_000),
                    "Messages that the clients of one app may publish. MQTT 5 publishers of"
                            + " QoS 1 and 2 are told what is too much (0x97), all others are slowed"
                            + " down.");
    public static final Setting<Long> BYTES =
            optional(
                    "quota.bytes-per-second",
                    size(KIB, 1024 * GIB),
                    "The same for the bytes of their payload, and of properties beyond 1 KiB a"
                            + " message.");
    public static final Setting<Integer> RETAINED =
            optional(
                    "quota.retained-messages",
                    integer(1, 100_000_000),
                    "Retained messages of one app. Who cannot be told (0x97) has its message"
                            + " delivered and not kept.");
    public static final Setting<Long> RETAINED_BYTES =
            optional(
                    "quota.retained-bytes",
                    size(KIB, 1024 * GIB),
                    "The same for the bytes of their payload, and of properties beyond 1 KiB a"
                            + " message.");
    public static final Setting<Map<String, Quota>> APPS =
            Setting.of(
                    "quota.apps",
                    QuotaRules.KIND,
                    Map.of(),
                    "The quotas of single apps, instead of those for every app.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL =
            List.of(CONNECTIONS, MESSAGES, BYTES, RETAINED, RETAINED_BYTES, APPS);

    private QuotaSettings() {}
}
