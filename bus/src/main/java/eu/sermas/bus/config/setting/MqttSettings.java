package eu.sermas.bus.config.setting;

import static eu.sermas.bus.config.setting.Kind.bool;
import static eu.sermas.bus.config.setting.Kind.duration;
import static eu.sermas.bus.config.setting.Kind.integer;
import static eu.sermas.bus.config.setting.Kind.oneOf;
import static eu.sermas.bus.config.setting.Kind.text;
import static eu.sermas.bus.config.setting.Setting.optional;

import eu.sermas.bus.broker.SharedStrategy;
import java.time.Duration;
import java.util.List;

/// The part of the table of [Settings] that is about what MQTT leaves to the server.
public final class MqttSettings {

    public static final Setting<Integer> MAXIMUM_QOS =
            Setting.of("mqtt.maximum-qos", integer(0, 2), 2, "Highest QoS in both directions.");
    public static final Setting<Boolean> RETAIN =
            Setting.of("mqtt.retain", bool(), true, "Whether messages may be retained.");
    public static final Setting<Boolean> WILDCARD_SUBSCRIPTIONS =
            Setting.of(
                    "mqtt.wildcard-subscriptions",
                    bool(),
                    true,
                    "Whether topic filters may have wildcards.");
    public static final Setting<Boolean> SHARED =
            Setting.of(
                    "mqtt.shared-subscriptions",
                    bool(),
                    true,
                    "Whether `$share/...` may be subscribed to.");
    public static final Setting<Boolean> SUBSCRIPTION_IDENTIFIERS =
            Setting.of(
                    "mqtt.subscription-identifiers",
                    bool(),
                    true,
                    "Whether subscriptions may carry an identifier.");
    public static final Setting<String> RESPONSE_INFORMATION =
            optional(
                    "mqtt.response-information",
                    text("a text"),
                    "Given to MQTT 5 clients that ask for it, usually the topic below which they"
                            + " expect replies.");
    public static final Setting<Boolean> SENDER =
            Setting.of(
                    "mqtt.sender",
                    bool(),
                    true,
                    "Whether messages tell MQTT 5 subscribers who has published them, by the user"
                            + " properties `sermas-app`, `sermas-client` and `sermas-user`; what a"
                            + " publisher writes there itself is taken out.");
    public static final Setting<Duration> STATUS_INTERVAL =
            Setting.of(
                    "mqtt.status-interval",
                    duration(Duration.ofSeconds(1), Duration.ofHours(1)),
                    Duration.ofSeconds(10),
                    "How often `$SYS/broker/...` is published.");
    public static final Setting<SharedStrategy> SHARED_STRATEGY =
            Setting.of(
                    "mqtt.shared-strategy",
                    oneOf(SharedStrategy.class),
                    SharedStrategy.ROUND_ROBIN,
                    "Which member of a shared subscription gets a message: the next one, the least"
                            + " busy one, or the same one for all messages of one publisher.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL =
            List.of(
                    MAXIMUM_QOS,
                    RETAIN,
                    WILDCARD_SUBSCRIPTIONS,
                    SHARED,
                    SUBSCRIPTION_IDENTIFIERS,
                    RESPONSE_INFORMATION,
                    SENDER,
                    STATUS_INTERVAL,
                    SHARED_STRATEGY);

    private MqttSettings() {}
}
