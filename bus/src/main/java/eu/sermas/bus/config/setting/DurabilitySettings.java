package eu.sermas.bus.config.setting;

import static eu.sermas.bus.config.setting.Kind.integer;
import static eu.sermas.bus.config.setting.Kind.oneOf;

import eu.sermas.bus.broker.DurabilityPolicy;
import eu.sermas.bus.packet.Durability;
import java.util.List;

/// The part of the table of [Settings] that is about what an acknowledgement promises.
public final class DurabilitySettings {

    public static final Setting<Durability> DEFAULT =
            Setting.of(
                    "durability.default",
                    oneOf(Durability.class),
                    Durability.FSYNC,
                    "What the acknowledgement of a message of QoS 1 or 2 promises: that it is on disk"
                            + " for all sessions that wait for it (`fsync`), that it is written a"
                            + " moment later (`async`), or nothing beyond the process (`none`).");
    public static final Setting<List<DurabilityPolicy.Rule>> TOPICS =
            Setting.of(
                    "durability.topics",
                    DurabilityRules.KIND,
                    List.of(),
                    "The same for topics that match a filter; the first that matches holds.");
    public static final Setting<Integer> PATIENCE =
            Setting.of(
                    "durability.patience",
                    integer(0, 1_000),
                    DurabilityPolicy.DEFAULT.patience(),
                    "Milliseconds that connected subscribers get to acknowledge a message before it"
                            + " is written to disk; if all do, it never is.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL = List.of(DEFAULT, TOPICS, PATIENCE);

    private DurabilitySettings() {}
}
